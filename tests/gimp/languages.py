# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GIMP that speaks another language."""

import shutil
import subprocess

from cases import Skip


def build_locale(folder, name):
    """glibc translates only in a locale that exists; this makes one without being root."""
    folder.mkdir()
    try:
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")],
                       capture_output=True)
    except FileNotFoundError as why:
        raise Skip("there is no localedef") from why
    if not (folder / f"{name}.UTF-8").is_dir():
        raise Skip("localedef has no sources (package locales)")


def translated_plugin(t, folder, language):
    """The plug-in as it is installed, with its catalogue beside it."""
    catalogue = t.options.catalogues / language / "LC_MESSAGES" / "pastiche.mo"
    if not catalogue.is_file():
        raise Skip("built without translations")
    target = folder / "pastiche" / "locale" / language / "LC_MESSAGES"
    target.mkdir(parents=True)
    shutil.copy(t.options.plugin / "pastiche", folder / "pastiche")
    shutil.copy(catalogue, target)
    for other in t.plug_ins.iterdir():
        if other.name != "pastiche":
            (folder / other.name).symlink_to(other.resolve())


def speaking(t, language, territory):
    """A context in which t.gimp speaks it: speaking(t, "de", "DE")."""
    name = f"{language}_{territory}"
    catalogue = name if (t.options.catalogues / name).is_dir() else language
    locale, plug_ins = t.folder / f"locale-{name}", t.folder / f"plug-ins-{name}"
    build_locale(locale, name)
    translated_plugin(t, plug_ins, catalogue)
    return t.elsewhere(f"home-{name}", plug_ins=plug_ins, LC_ALL=f"{name}.UTF-8", LOCPATH=locale,
                       LANGUAGE=catalogue)
