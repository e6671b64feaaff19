/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The GEGL operation pastiche:stylize.  GIMP 3 offers it as a layer effect, and graphs can use it.
 *
 * It runs inside the program that asks for it, so whatever goes wrong is a warning, and the input is passed
 * on as it is.  What is painted anywhere depends on the whole picture: GEGL is told so, has the picture
 * painted once, and takes tiles from its cache until the input or a property changes.
 */
#include "pastiche.h"

#include <gegl-plugin.h>
#include <glib/gi18n-lib.h>

enum {
    PROPERTY_STYLE = 1,
    PROPERTY_STRENGTH,
    PROPERTY_BRUSH_SIZE,
    PROPERTY_MODE,
    PROPERTY_KEEP_COLOURS,
    PROPERTY_KEEP_AMOUNT,
    PROPERTY_UNDERPAINTING,
    PROPERTY_DETAIL,
    PROPERTY_SMOOTH,
    PROPERTY_TILEABLE,
    PROPERTY_REFINE,
    PROPERTY_COUNT,
};

#define PST_TYPE_OPERATION (pst_operation_get_type())
G_DECLARE_FINAL_TYPE(PstOperation, pst_operation, PST, OPERATION, GeglOperationFilter)

struct _PstOperation {
    GeglOperationFilter parent;
    char *style; /* as the user has it */
    PstSettings settings;
    PstStyle *loaded; /* what `loaded_from` gave; NULL where nothing is loaded */
    char *loaded_from;
    char *warned; /* the last warning, which is not repeated for every stroke of a brush */
};

G_DEFINE_DYNAMIC_TYPE(PstOperation, pst_operation, GEGL_TYPE_OPERATION_FILTER)

/* One engine a process, because the weights are some megabytes; and one picture at a time, because it takes
 * all cores already.  Modules of GEGL are never unloaded, so it is never freed. */
static GMutex engine_lock;
static PstEngine *engine;

/* ---- Painting -------------------------------------------------------------------------------- */

/* The style as a text of the engine's: what is, or looks like, a path is a file. */
static char *style_text(const char *style)
{
    gboolean named = g_str_has_prefix(style, "file:") || g_str_has_prefix(style, "builtin:");
    if (!named && (strchr(style, G_DIR_SEPARATOR) || g_file_test(style, G_FILE_TEST_IS_REGULAR))) {
        g_autofree char *name = g_strconcat("file:", style, NULL);
        return pst_style_text(name);
    }
    return g_strdup(style);
}

static gboolean report(double done, gpointer user)
{
    gegl_operation_progress(user, done, (char *) "");
    return TRUE;
}

/* Has self->loaded be the style that is asked for.  Under the lock. */
static gboolean load_style(PstOperation *self, GError **error)
{
    g_autofree char *text = style_text(self->style);
    if (self->loaded && strcmp(text, self->loaded_from) == 0)
        return TRUE;
    g_clear_pointer(&self->loaded, pst_style_free);
    g_clear_pointer(&self->loaded_from, g_free);
    if (!engine && !(engine = pst_engine_new(NULL, error)))
        return FALSE;
    self->loaded = pst_style_new_from_text(engine, text, &self->settings, NULL, NULL, error);
    self->loaded_from = self->loaded ? g_steal_pointer(&text) : NULL;
    return self->loaded != NULL;
}

static GeglBuffer *paint(PstOperation *self, GeglBuffer *picture, GError **error)
{
    GeglBuffer *result = NULL;
    g_mutex_lock(&engine_lock);
    if (load_style(self, error)) {
        g_debug("painting %d by %d pixels", gegl_buffer_get_width(picture),
                gegl_buffer_get_height(picture));
        result = pst_stylize(engine, picture, self->loaded, &self->settings, report, self, error);
    }
    g_mutex_unlock(&engine_lock);
    return result;
}

static void warn(PstOperation *self, const GError *error)
{
    if (g_strcmp0(self->warned, error->message) != 0)
        g_warning("pastiche:stylize: %s; the picture stays as it is", error->message);
    g_free(self->warned);
    self->warned = g_strdup(error->message);
}

static gboolean process(GeglOperation *operation, GeglBuffer *input, GeglBuffer *output,
                        const GeglRectangle *roi, gint level)
{
    (void) level;
    PstOperation *self = PST_OPERATION(operation);
    GError *error = NULL;
    GeglRectangle *whole = gegl_operation_source_get_bounding_box(operation, "input");
    if (!whole)
        return TRUE;
    GeglBuffer *picture = gegl_buffer_create_sub_buffer(input, whole);
    GeglBuffer *result = self->style[0] ? paint(self, picture, &error) : NULL;
    gegl_buffer_copy(result ? result : input, roi, GEGL_ABYSS_NONE, output, roi);
    if (error)
        warn(self, error);
    else
        g_clear_pointer(&self->warned, g_free);
    g_clear_error(&error);
    g_clear_object(&result);
    g_object_unref(picture);
    return TRUE;
}

/* ---- What GEGL asks before ------------------------------------------------------------------- */

static void prepare(GeglOperation *operation)
{
    const Babl *space = gegl_operation_get_source_space(operation, "input");
    const Babl *format = babl_format_with_space("R'G'B'A float", space);
    gegl_operation_set_format(operation, "input", format);
    gegl_operation_set_format(operation, "output", format);
}

/* The whole input, or, where it has no bounds, what is asked for. */
static GeglRectangle whole_input(GeglOperation *operation, const GeglRectangle *roi)
{
    const GeglRectangle *whole = gegl_operation_source_get_bounding_box(operation, "input");
    return whole && !gegl_rectangle_is_empty(whole) && !gegl_rectangle_is_infinite_plane(whole)
               ? *whole
               : *roi;
}

static GeglRectangle get_required_for_output(GeglOperation *operation, const char *pad,
                                             const GeglRectangle *roi)
{
    (void) pad;
    return whole_input(operation, roi);
}

static GeglRectangle get_cached_region(GeglOperation *operation, const GeglRectangle *roi)
{
    return whole_input(operation, roi);
}

/* A change anywhere in the input changes everything. */
static GeglRectangle get_invalidated_by_change(GeglOperation *operation, const char *pad,
                                               const GeglRectangle *changed)
{
    (void) pad;
    return whole_input(operation, changed);
}

/* A plane without bounds cannot be painted, and goes through untouched. */
static gboolean process_unless_infinite(GeglOperation *operation, GeglOperationContext *context,
                                        const char *pad, const GeglRectangle *roi, gint level)
{
    const GeglRectangle *whole = gegl_operation_source_get_bounding_box(operation, "input");
    if (whole && gegl_rectangle_is_infinite_plane(whole)) {
        gpointer input = gegl_operation_context_get_object(context, "input");
        gegl_operation_context_take_object(context, "output", g_object_ref(G_OBJECT(input)));
        return TRUE;
    }
    return GEGL_OPERATION_CLASS(pst_operation_parent_class)
        ->process(operation, context, pad, roi, level);
}

/* ---- Properties ------------------------------------------------------------------------------ */

static GType mode_type, keep_colours_type;

static GType register_enum(GTypeModule *module, const char *name, GEnumValue *values)
{
    for (GEnumValue *value = values; value->value_name; value++)
        value->value_name = _(value->value_name);
    return g_type_module_register_enum(module, name, values);
}

static void register_enums(GTypeModule *module)
{
    static GEnumValue modes[] = {
        {PST_MODE_PAINTING, N_("Painting"), "painting"},
        {PST_MODE_PHOTO, N_("Photo"), "photo"},
        {0, NULL, NULL},
    };
    static GEnumValue values[] = {
        {PST_KEEP_COLOURS_OFF, N_("Off"), "off"},
        {PST_KEEP_COLOURS_LUMINANCE, N_("Luminance"), "luminance"},
        {PST_KEEP_COLOURS_MATCH, N_("Match"), "match"},
        {0, NULL, NULL},
    };
    mode_type = register_enum(module, "PstOperationMode", modes);
    keep_colours_type = register_enum(module, "PstOperationKeepColours", values);
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    PstOperation *self = PST_OPERATION(object);
    switch (id) {
    case PROPERTY_STYLE:
        g_free(self->style);
        self->style = g_strdup(g_value_get_string(value) ? g_value_get_string(value) : "");
        break;
    case PROPERTY_STRENGTH:
        self->settings.strength = g_value_get_double(value);
        break;
    case PROPERTY_BRUSH_SIZE:
        self->settings.brush_size = g_value_get_double(value);
        break;
    case PROPERTY_MODE:
        self->settings.mode = (PstMode) g_value_get_enum(value);
        break;
    case PROPERTY_KEEP_COLOURS:
        self->settings.keep_colours = (PstKeepColours) g_value_get_enum(value);
        break;
    case PROPERTY_KEEP_AMOUNT:
        self->settings.keep_amount = g_value_get_double(value);
        break;
    case PROPERTY_UNDERPAINTING:
        self->settings.underpainting = g_value_get_double(value);
        break;
    case PROPERTY_DETAIL:
        self->settings.detail = g_value_get_double(value);
        break;
    case PROPERTY_SMOOTH:
        self->settings.smooth = g_value_get_double(value);
        break;
    case PROPERTY_TILEABLE:
        self->settings.tileable = g_value_get_boolean(value);
        break;
    case PROPERTY_REFINE:
        self->settings.refine.iterations = g_value_get_int(value);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    const PstOperation *self = PST_OPERATION(object);
    switch (id) {
    case PROPERTY_STYLE:
        g_value_set_string(value, self->style);
        break;
    case PROPERTY_STRENGTH:
        g_value_set_double(value, self->settings.strength);
        break;
    case PROPERTY_BRUSH_SIZE:
        g_value_set_double(value, self->settings.brush_size);
        break;
    case PROPERTY_MODE:
        g_value_set_enum(value, (int) self->settings.mode);
        break;
    case PROPERTY_KEEP_COLOURS:
        g_value_set_enum(value, (int) self->settings.keep_colours);
        break;
    case PROPERTY_KEEP_AMOUNT:
        g_value_set_double(value, self->settings.keep_amount);
        break;
    case PROPERTY_UNDERPAINTING:
        g_value_set_double(value, self->settings.underpainting);
        break;
    case PROPERTY_DETAIL:
        g_value_set_double(value, self->settings.detail);
        break;
    case PROPERTY_SMOOTH:
        g_value_set_double(value, self->settings.smooth);
        break;
    case PROPERTY_TILEABLE:
        g_value_set_boolean(value, self->settings.tileable);
        break;
    case PROPERTY_REFINE:
        g_value_set_int(value, self->settings.refine.iterations);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void install_properties(GObjectClass *class)
{
    const GParamFlags flags =
        G_PARAM_READWRITE | G_PARAM_CONSTRUCT | GEGL_PARAM_PAD_INPUT | G_PARAM_STATIC_STRINGS;
    GParamSpec *specs[PROPERTY_COUNT] = {
        [PROPERTY_STYLE] = g_param_spec_string(
            "style", _("Style"),
            _("The name of a built-in style, or the path of a picture or of a style file"), "wave",
            flags),
        [PROPERTY_STRENGTH] =
            gegl_param_spec_double("strength", _("Strength"), _("Per cent; 0 is the photo"), 0, 150,
                                   100, 0, 150, 1, flags),
        [PROPERTY_BRUSH_SIZE] = gegl_param_spec_double(
            "brush-size", _("Brush size"), _("Per cent; how large strokes are on the picture"), 25,
            400, 100, 25, 400, 1, flags),
        [PROPERTY_MODE] = g_param_spec_enum(
            "mode", _("Result"), _("A painting, or a photo in the style's colours and light"),
            mode_type, PST_MODE_PAINTING, flags),
        [PROPERTY_KEEP_COLOURS] = g_param_spec_enum("keep-colours", _("Colours"),
                                                    _("How much of the photo's colours stays"),
                                                    keep_colours_type, PST_KEEP_COLOURS_OFF, flags),
        [PROPERTY_KEEP_AMOUNT] = gegl_param_spec_double("keep-amount", _("Amount"),
                                                        _("Per cent; how much of that is done"), 0,
                                                        100, 100, 0, 100, 1, flags),
        [PROPERTY_UNDERPAINTING] = gegl_param_spec_double(
            "underpainting", _("Underpainting"),
            _("Per cent; how much of the style's hues and larger shapes is laid in first"), 0, 200,
            100, 0, 200, 1, flags),
        [PROPERTY_DETAIL] = gegl_param_spec_double(
            "detail", _("Detail"),
            _("Per cent; how much and how fine large pictures are painted over"), 0, 200, 100, 0,
            200, 1, flags),
        [PROPERTY_SMOOTH] =
            gegl_param_spec_double("smooth", _("Smooth colours"),
                                   _("Per cent; how far speckles of other hues are taken out"), 0,
                                   100, 0, 0, 100, 1, flags),
        [PROPERTY_TILEABLE] = g_param_spec_boolean(
            "tileable", _("Tileable"),
            _("The result goes on without a seam where it is laid beside and beneath itself"),
            FALSE, flags),
        [PROPERTY_REFINE] = gegl_param_spec_int("refine", _("Refine"),
                                                _("Steps of optimisation after the painter: "
                                                  "closer to the style, much slower"),
                                                0, PST_REFINE_MOST, 0, 0, 100, 1, flags),
    };
    g_object_class_install_properties(class, PROPERTY_COUNT, specs);
}

/* ---- The type -------------------------------------------------------------------------------- */

static void pst_operation_init(PstOperation *self)
{
    pst_settings_init(&self->settings);
}

static void finalize(GObject *object)
{
    PstOperation *self = PST_OPERATION(object);
    pst_style_free(self->loaded);
    g_free(self->loaded_from);
    g_free(self->style);
    g_free(self->warned);
    G_OBJECT_CLASS(pst_operation_parent_class)->finalize(object);
}

static void pst_operation_class_init(PstOperationClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GeglOperationClass *operation_class = GEGL_OPERATION_CLASS(class);
    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->finalize = finalize;
    install_properties(object_class);
    operation_class->prepare = prepare;
    operation_class->process = process_unless_infinite;
    operation_class->get_required_for_output = get_required_for_output;
    operation_class->get_cached_region = get_cached_region;
    operation_class->get_invalidated_by_change = get_invalidated_by_change;
    operation_class->threaded = FALSE; /* the engine has threads of its own */
    operation_class->opencl_support = FALSE;
    GEGL_OPERATION_FILTER_CLASS(class)->process = process;
    gegl_operation_class_set_keys(operation_class, "name", "pastiche:stylize", "title",
                                  _("Style Transfer"), "categories", "artistic", "description",
                                  _("Paint the picture in the style of another one"),
                                  "gimp:menu-path", "<Image>/Filters/Artistic", "gimp:menu-label",
                                  _("Style Transfer (_Effect)..."), NULL);
}

static void pst_operation_class_finalize(PstOperationClass *class)
{
    (void) class;
}

/* ---- The module: what GEGL calls when it has loaded this file -------------------------------- */

G_MODULE_EXPORT const GeglModuleInfo *gegl_module_query(GTypeModule *module);
G_MODULE_EXPORT gboolean gegl_module_register(GTypeModule *module);

const GeglModuleInfo *gegl_module_query(GTypeModule *module)
{
    (void) module;
    static const GeglModuleInfo info = {GEGL_MODULE_ABI_VERSION};
    return &info;
}

gboolean gegl_module_register(GTypeModule *module)
{
    bindtextdomain(GETTEXT_PACKAGE, PST_LOCALE);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    register_enums(module);
    pst_operation_register_type(module);
    return TRUE;
}
