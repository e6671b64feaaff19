/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages: whatever goes in, one line that can be shown comes out.
 */
#include "nn/status.h"

#include "check.h"

static void check_message(const char *in, const char *expected)
{
    PstMessage message = {"before"};
    CHECK(pst_fail(&message, PST_E_IO, "%s", in) == PST_E_IO);
    CHECK_STRING(message.text, expected);
}

static void test_shown(void)
{
    check_message("", "");
    check_message("tensor 'a b' ~", "tensor 'a b' ~");
    check_message("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xa8 \xc2\xa0",
                  "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xa8 \xc2\xa0");
    check_message("\x1b[31mred\x1b[0m", "?[31mred?[0m");
    check_message("two\nlines\r\tand\x7f", "two?lines??and?");
    check_message("\xc2\x9b"
                  "31m",
                  "??31m"); /* U+009B begins a sequence, too */
    check_message("\xff\xfe\x80z", "???z");
    check_message("\xc3z \xe2\x82z \xf0\x9f\x8ez", "?z ??z ???z");
    check_message("\xc0\xaf", "??");
    check_message("\xe2\x82", "??");
    check_message("\xe0\x9f\x80 \xed\xa0\x80 \xf0\x8f\xbf\xbf \xf4\x90\x80\x80",
                  "??? ??? ???? ????");
    check_message("\xe0\xa0\x80 \xed\x9f\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf",
                  "\xe0\xa0\x80 \xed\x9f\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf");
    CHECK(pst_fail(NULL, PST_E_FORMAT, "%d", 1) == PST_E_FORMAT);
}

/* Cut anywhere: nothing half is left, and nothing past the end is touched. */
static void test_cut(void)
{
    char in[300];
    for (int shift = 0; shift < 4; shift++) {
        struct {
            PstMessage message;
            char after;
        } box = {.after = 'A'};
        memset(in, 'x', (size_t) shift);
        for (int i = shift; i + 4 < (int) sizeof in; i += 4)
            memcpy(in + i, "\xf0\x9f\x8e\xa8", 5);
        pst_fail(&box.message, PST_E_IO, "%s", in);
        size_t length = strlen(box.message.text), whole = (255 - (size_t) shift) / 4 * 4;
        CHECK(length == 255 && box.after == 'A');
        for (size_t i = (size_t) shift + whole; i < length; i++)
            CHECK(box.message.text[i] == '?');
    }
}

int main(void)
{
    check_begin("status");
    CHECK_RUN(test_shown);
    CHECK_RUN(test_cut);
    return check_end();
}
