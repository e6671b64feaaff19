/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recipes are read from other people's images: whatever stands there, they are read or refused.
 */
#include "check.h"
#include "recipe.h"

#include <string.h>

static const char good[] = "pastiche=0.1.0;weights=2;content=17;style=layer:a%3B b;strength=80;"
                           "brush-size=auto;keep-colours=match;regions=channel:x%3Dlayer:y";

static gboolean may_be_shown(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    while (*text && !g_unichar_iscntrl(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    return !*text;
}

static gboolean takes(const char *data, gsize size, GError **error)
{
    PstRecipe recipe;
    GError *why = NULL;

    if (!pst_recipe_read(&recipe, data, size, &why)) {
        CHECK(may_be_shown(why->message), "%s", why->message);
        g_propagate_error(error, why);
        return FALSE;
    }
    CHECK(may_be_shown(recipe.request.style), "%s", recipe.request.style);
    CHECK(pst_style_kept_name(recipe.request.style) != NULL);
    CHECK(recipe.request.settings.strength >= 0 && recipe.request.settings.strength <= 150);
    pst_recipe_clear(&recipe);
    return TRUE;
}

static void back_and_forth(void)
{
    PstRecipe recipe;
    PstRequest request;
    char *text;

    pst_request_init(&request);
    pst_request_set_style(&request, "file:/home/me/secret/a;b%.jpg*2|layer:x|builtin:y");
    CHECK(
        pst_request_set_all(&request,
                            "strength=33;keep-colours=luminance;refine=7;"
                            "regions=channel:a%253Bb%3Dfile:/home/me/secret/c.jpg%3Blayer:x%3Dwave;"
                            "critic=/home/me/secret/a.safetensors",
                            NULL));
    text = pst_recipe_write(&request, 4000000000u, "weights; 1");
    CHECK(strstr(text, "secret") == NULL && strstr(text, "home") == NULL, "%s", text);
    CHECK(pst_recipe_read(&recipe, text, strlen(text) + 1, NULL), "%s", text);
    CHECK(recipe.content == 4000000000u);
    CHECK(recipe.request.settings.strength == 33);
    CHECK(strstr(text, "refine=7") != NULL, "%s", text);
    CHECK(recipe.request.region_count == 2);
    CHECK(strcmp(recipe.request.regions[0].mask, "channel:a;b") == 0, "%s", text);
    CHECK(g_str_has_prefix(recipe.request.regions[0].style, "kept:file:c.jpg"), "%s", text);
    CHECK(g_str_has_prefix(recipe.request.regions[1].style, "kept:builtin:wave"), "%s", text);
    CHECK(g_str_has_prefix(pst_style_kept_name(recipe.request.style), "file:a;b%.jpg*2"), "%s",
          recipe.request.style);
    pst_recipe_clear(&recipe);
    g_free(text);
    pst_request_clear(&request);
}

/* What a preset of an edited result names. */
static void forget_kept(void)
{
    PstRequest request;

    pst_request_init(&request);
    CHECK(pst_request_set_from_text(
        &request,
        "style=kept:layer:a;regions=layer:x%3Dkept:file:b.jpg%3Blayer:y%3Dkept:builtin:wave",
        NULL));
    CHECK(!pst_request_forget_kept(&request));
    CHECK(strcmp(request.style, "layer:a") == 0, "%s", request.style);
    CHECK(request.region_count == 1);
    CHECK(strcmp(request.regions[0].mask, "layer:y") == 0, "%s", request.regions[0].mask);
    CHECK(strcmp(request.regions[0].style, "builtin:wave") == 0, "%s", request.regions[0].style);
    CHECK(pst_request_forget_kept(&request), "nothing was kept any more");

    pst_request_set_style(&request, "kept:file:b.jpg*1|builtin:wave*2");
    CHECK(!pst_request_forget_kept(&request));
    CHECK(!*request.style, "%s", request.style);
    pst_request_clear(&request);
}

static void titles(void)
{
    static const struct {
        const char *name;
        gboolean ours;
    } cases[] = {
        {"photo – wave", TRUE},    {"photo – wave #1", TRUE},  {"photo – wave #12", TRUE},
        {"photo – wave #", FALSE}, {"photo – wave #x", FALSE}, {"photo – wave #1 b", FALSE},
        {"photo – waves", FALSE},  {"photo", FALSE},           {"my photo – wave", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        CHECK(pst_result_is_titled(cases[i].name, "photo", "builtin:wave") == cases[i].ours, "%s",
              cases[i].name);
}

static void wrong(void)
{
    static const char *const texts[] = {
        "",
        "x",
        "=",
        ";;;",
        "style=layer:a",
        "pastiche=1",
        "pastiche=1;style=",
        "pastiche=1;style=layer:a;glitter=1",
        "pastiche=1;style=layer:a;content=-1",
        "pastiche=1;style=layer:a;content=4294967296",
        "pastiche=1;style=layer:a;strength=nan",
        "pastiche=1;style=layer:a;strength=1e999",
        "pastiche=1;style=layer:%zz",
        "pastiche=1;style=layer:a;critic=/etc/passwd",
        "pastiche=1;style=layer:%00",
        "pastiche=1;style=%ff",
        "pastiche=1;style=a|b|c|d|e",
        "pastiche=1;style=a;regions=b",
        "pastiche=1;style=a;regions=selection%3Db",
        "pastiche=1;style=a;regions=layer:x%3D",
        "pastiche=1;style=a;regions=layer:x%3D%25zz",
        "pastiche=1;style=a;regions=layer:x%3Da|b|c|d|e",
        "pastiche=1;style=a;regions=layer:x%3Da%3Blayer:x%3Da%3Blayer:x%3Da%3Blayer:x%3Da%3Blayer:"
        "x%3Da",
        "pastiche=1;style=layer:a;threads=2",
        "pastiche=1;style=layer:a;memory=1",
        "pastiche=1%1b[31m",
        "pastiche=1;style=layer:%1b[31mX",
        "pastiche=1;style=layer:%c2%9bX",
        "pastiche=1;style=layer:a;\x1b[31mX=1",
        "pastiche=1;style=layer:a;strength=%1b[31mX",
        "pastiche=1;style=layer:a;mask=layer:%1b[31mX",
        "pastiche=1;style=layer:a;regions=x%251b%3Da",
        "pastiche=1;style=layer:a;regions=layer:x%3Dlayer:%251b[31mX",
        "pastiche=1;style=layer:a;regions=layer:x%3D%25ff",
        "pastiche=1;style=layer:a;regions=x%251b%3Da%3Blayer:x%3D%25zz",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        GError *error = NULL;

        CHECK(!takes(texts[i], strlen(texts[i]), &error), "%s", texts[i]);
        CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE), "%s", texts[i]);
        g_clear_error(&error);
    }
    CHECK(takes(good, sizeof good, NULL));
    CHECK(takes(good, strlen(good), NULL));
}

/* A good one with some bytes changed, left out or repeated, and bytes that are nothing at all. */
static void noise(void)
{
    char data[3 * sizeof good];
    char *huge = g_strnfill(1 << 20, 'a');

    for (int i = 0; i < 20000; i++) {
        gsize size = sizeof good;
        int start = check_between(0, (int) size), length = check_between(0, (int) size - start);

        memcpy(data, good, size);
        if (i % 2) {
            memmove(data + start + length, data + start, size - (gsize) start);
            size += (gsize) length;
        } else {
            size -= (gsize) length;
        }
        for (int j = check_between(0, 6); j > 0 && size > 0; j--)
            data[check_between(0, (int) size - 1)] = (char) check_between(0, 255);
        takes(data, size, NULL);
    }
    CHECK(!takes(huge, 1 << 20, NULL));
    g_free(huge);
}

int main(void)
{
    check_begin("recipe");
    CHECK_RUN(back_and_forth);
    CHECK_RUN(forget_kept);
    CHECK_RUN(titles);
    CHECK_RUN(wrong);
    CHECK_RUN(noise);
    return check_end();
}
