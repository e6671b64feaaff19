/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "check.h"
#include "pastiche.h"

#include <locale.h>

static bool same(const PstSettings *a, const PstSettings *b)
{
    return a->strength == b->strength && a->brush_size == b->brush_size &&
           a->brush_pixels == b->brush_pixels && a->keep_colours == b->keep_colours &&
           a->mode == b->mode && a->tileable == b->tileable && a->smooth == b->smooth &&
           a->detail == b->detail && a->finish == b->finish &&
           a->underpainting == b->underpainting && a->keep_amount == b->keep_amount &&
           a->seed == b->seed && a->fusion == b->fusion && a->threads == b->threads &&
           a->memory == b->memory;
}

static void takes(const char *name, const char *value, PstSettings wanted)
{
    PstSettings settings;
    GError *error = NULL;
    pst_settings_init(&settings);
    if (strcmp(name, "keep-amount") != 0)
        wanted.keep_amount = settings.keep_amount; /* not 0 by default */
    if (strcmp(name, "detail") != 0)
        wanted.detail = settings.detail;
    if (strcmp(name, "finish") != 0)
        wanted.finish = settings.finish;
    if (strcmp(name, "underpainting") != 0)
        wanted.underpainting = settings.underpainting;
    gboolean ok = pst_settings_set(&settings, name, value, &error);
    CHECK(ok && !error, "%s=%s: %s", name, value, error ? error->message : "");
    CHECK(same(&settings, &wanted), "%s=%s", name, value);
    g_clear_error(&error);
}

/* Refused, with a message that has `says` in it, and nothing changed. */
static void refuses(const char *name, const char *value, const char *says)
{
    PstSettings settings = {.strength = 33,
                            .brush_size = 44,
                            .keep_colours = PST_KEEP_COLOURS_MATCH,
                            .keep_amount = 11,
                            .detail = 22,
                            .finish = 9,
                            .threads = 5,
                            .memory = 66,
                            .refine = {.iterations = 7}},
                before = settings;
    GError *error = NULL;
    CHECK(!pst_settings_set(&settings, name, value, &error), "%s=%s", name, value);
    CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE), "%s=%s", name, value);
    CHECK(error && strstr(error->message, says), "%s=%s: %s", name, value,
          error ? error->message : "");
    CHECK(same(&settings, &before), "%s=%s", name, value);
    g_clear_error(&error);
}

static void values(void)
{
    takes("strength", "0", (PstSettings){.strength = 0});
    takes("strength", "150", (PstSettings){.strength = 150});
    takes("strength", "62.5%", (PstSettings){.strength = 62.5});
    takes("strength", "1e2", (PstSettings){.strength = 100});
    takes("brush-size", "25", (PstSettings){.strength = 100, .brush_size = 25});
    takes("brush-size", "400%", (PstSettings){.strength = 100, .brush_size = 400});
    takes("brush-size", "auto", (PstSettings){.strength = 100});
    takes("brush-size", "40px", (PstSettings){.strength = 100, .brush_pixels = 40});
    takes("brush-size", "10000px", (PstSettings){.strength = 100, .brush_pixels = 10000});
    takes("mode", "painting", (PstSettings){.strength = 100});
    takes("mode", "photo", (PstSettings){.strength = 100, .mode = PST_MODE_PHOTO});
    takes("keep-colours", "off", (PstSettings){.strength = 100});
    takes("keep-colours", "luminance",
          (PstSettings){.strength = 100, .keep_colours = PST_KEEP_COLOURS_LUMINANCE});
    takes("keep-colours", "match",
          (PstSettings){.strength = 100, .keep_colours = PST_KEEP_COLOURS_MATCH});
    takes("keep-amount", "0%", (PstSettings){.strength = 100});
    takes("keep-amount", "62.5", (PstSettings){.strength = 100, .keep_amount = 62.5});
    takes("seed", "0", (PstSettings){.strength = 100});
    takes("seed", "2147483647", (PstSettings){.strength = 100, .seed = PST_SEED_MOST});
    takes("fusion", "attention", (PstSettings){.strength = 100});
    takes("fusion", "sum", (PstSettings){.strength = 100, .fusion = PST_FUSION_SUM});
    takes("threads", "256", (PstSettings){.strength = 100, .threads = 256});
    takes("threads", "auto", (PstSettings){.strength = 100});
    takes("memory", "123", (PstSettings){.strength = 100, .memory = 123});
    takes("memory", "3k", (PstSettings){.strength = 100, .memory = 3 << 10});
    takes("memory", "400M", (PstSettings){.strength = 100, .memory = 400 << 20});
    takes("memory", "16G", (PstSettings){.strength = 100, .memory = 16ull << 30});
    takes("memory", "auto", (PstSettings){.strength = 100});
}

static void errors(void)
{
    static const char *const numbers[] = {"",    "nan", "inf", "-0.1", "1e9", "0x20",
                                          "1,5", " 50", "50 ", "50%%", "%",   "--5"};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        refuses("strength", numbers[i], "from 0 to 150");
        refuses("brush-size", numbers[i], "from 25 to 400");
        refuses("threads", numbers[i], "from 1 to 256");
        refuses("memory", numbers[i], "K, M or G");
        refuses("seed", numbers[i], "from 0 to 2147483647");
    }
    refuses("strength", "150.001", "from 0 to 150");
    refuses("brush-size", "24.999", "\"auto\"");
    refuses("brush-size", "0", "\"auto\"");
    refuses("brush-size", "0.9px", "1px to 10000px");
    refuses("brush-size", "10001px", "1px to 10000px");
    refuses("brush-size", "px", "1px to 10000px");
    refuses("brush-size", "nanpx", "1px to 10000px");
    refuses("brush-size", "40%px", "1px to 10000px");
    refuses("strength", "40px", "0 to 150");
    refuses("threads", "257", "from 1 to 256");
    refuses("memory", "18446744073709551616", "K, M or G");
    refuses("memory", "17179869184G", "K, M or G");
    refuses("memory", "1MB", "K, M or G");
    takes("smooth", "25", (PstSettings){.strength = 100, .smooth = 25});
    refuses("smooth", "101", "100");
    takes("underpainting", "200", (PstSettings){.strength = 100, .underpainting = 200});
    refuses("underpainting", "201", "from 0 to 200");
    takes("detail", "0", (PstSettings){.strength = 100});
    takes("detail", "200", (PstSettings){.strength = 100, .detail = 200});
    takes("finish", "0", (PstSettings){.strength = 100});
    takes("finish", "100", (PstSettings){.strength = 100, .finish = 100});
    refuses("finish", "101", "from 0 to 100");
    refuses("finish", "2.5", "from 0 to 100");
    refuses("detail", "201", "from 0 to 200");
    takes("tileable", "yes", (PstSettings){.strength = 100, .tileable = TRUE});
    takes("tileable", "no", (PstSettings){.strength = 100});
    refuses("tileable", "true", "\"yes\"");
    refuses("mode", "paint", "\"photo\"");
    refuses("keep-colours", "Match", "\"luminance\"");
    refuses("keep-amount", "101", "from 0 to 100");
    refuses("seed", "2147483648", "from 0 to 2147483647");
    refuses("seed", "7.0", "from 0 to 2147483647");
    refuses("fusion", "Sum", "\"attention\" or \"sum\"");
    refuses("keep-colors", "off", "keep-colours");
    refuses("", "1",
            "strength, brush-size, underpainting, detail, finish, mode, keep-colours, keep-amount, "
            "smooth, "
            "seed, tileable, "
            "fusion, threads");
}

static void several(void)
{
    PstSettings settings, wanted = {.strength = 80,
                                    .brush_size = 50,
                                    .keep_colours = PST_KEEP_COLOURS_MATCH,
                                    .keep_amount = 100,
                                    .underpainting = 100,
                                    .detail = 100,
                                    .finish = 2,
                                    .threads = 2,
                                    .memory = 1 << 20};
    GError *error = NULL;
    pst_settings_init(&settings);
    CHECK(pst_settings_set_all(&settings, "", &error));
    CHECK(pst_settings_set_all(
        &settings, ";strength=80%25;;brush-size=%350;keep-colours=match;threads=2;memory=1M;",
        &error));
    CHECK(same(&settings, &wanted));

    static const char *const wrong[] = {"strength=10;threads=x", "strength=10;threads",
                                        "strength=10;x=1", "strength=10;memory=%zz",
                                        "strength=10%"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        CHECK(!pst_settings_set_all(&settings, wrong[i], &error), "%s", wrong[i]);
        CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE), "%s", wrong[i]);
        CHECK(same(&settings, &wanted), "%s", wrong[i]);
        g_clear_error(&error);
    }
}

/* What is written is read as the same. */
static void back_and_forth(void)
{
    static const char *const texts[] = {
        "strength=100;brush-size=auto;keep-colours=off;threads=auto;memory=auto",
        "strength=33.25;brush-size=400;keep-colours=luminance;threads=256;memory=1048576",
        "strength=0.001;brush-size=25;keep-colours=match;threads=1;memory=0",
        "keep-colours=match;keep-amount=12.5;brush-size=40px;seed=7",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        PstSettings settings, again;
        pst_settings_init(&settings);
        pst_settings_init(&again);
        CHECK(pst_settings_set_all(&settings, texts[i], NULL), "%s", texts[i]);
        char *all = pst_settings_to_text(&settings, TRUE);
        CHECK(pst_settings_set_all(&again, all, NULL), "%s", all);
        CHECK(same(&settings, &again), "%s", all);
        char *look = pst_settings_to_text(&settings, FALSE);
        CHECK(!strstr(look, "threads"), "%s", look);
        CHECK(!strstr(look, "keep-amount") == (settings.keep_amount == 100), "%s", look);
        CHECK(pst_settings_set_all(&again, look, NULL) && same(&settings, &again), "%s", look);
        g_free(look);
        g_free(all);
    }
    PstSettings settings;
    pst_settings_init(&settings);
    char *strength = pst_settings_get(&settings, "strength");
    CHECK(strcmp(strength, "100") == 0, "%s", strength);
    CHECK(!pst_settings_get(&settings, "nothing"));
    g_free(strength);
}

/* Random text is refused or taken, and what is taken lies in its range. */
static void noise(void)
{
    static const char letters[] = "0123456789.-+eE%xnaifKMG autofmch;=";
    static const char *const names[] = {"strength", "brush-size", "keep-colours", "threads",
                                        "memory"};
    PstSettings settings;
    pst_settings_init(&settings);
    for (int i = 0; i < 20000; i++) {
        char text[12];
        int length = check_between(0, 10);
        for (int j = 0; j < length; j++)
            text[j] = letters[check_between(0, sizeof letters - 2)];
        text[length] = '\0';
        pst_settings_set(&settings, names[i % 5], text, NULL);
        pst_settings_set_all(&settings, text, NULL);
        CHECK(settings.strength >= 0 && settings.strength <= 150, "\"%s\"", text);
        CHECK(settings.brush_size == 0 || (settings.brush_size >= 25 && settings.brush_size <= 400),
              "\"%s\"", text);
        CHECK(settings.threads >= 0 && settings.threads <= 256, "\"%s\"", text);
    }
}

/* Which logs and debuggers show; a formatter has made a difference of it once. */
static void domain(void)
{
    CHECK(strcmp(g_quark_to_string(PST_ERROR), "pst-error-quark") == 0, "%s",
          g_quark_to_string(PST_ERROR));
}

int main(void)
{
    /* Where the comma is decimal, if the machine has such a locale, nothing changes. */
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        setlocale(LC_ALL, "");
    check_begin("settings");
    CHECK_RUN(values);
    CHECK_RUN(errors);
    CHECK_RUN(several);
    CHECK_RUN(back_and_forth);
    CHECK_RUN(noise);
    CHECK_RUN(domain);
    return check_end();
}
