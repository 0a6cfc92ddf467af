"""The notice that the user sees before anything is reported, or more than they agreed to."""

from __future__ import annotations

from .consent import UNIVERSAL_OPT_OUTS
from .definition import DEFAULT, OPT_IN, Catalogue, OptOut


class Notice:
    """What is collected, where it goes, and how to switch it off. `str(notice)` is the text to show."""

    def __init__(self, catalogue: Catalogue, urls: list[str], command: str | None, added: list[str]) -> None:
        self.catalogue, self.urls, self.command, self.added = catalogue, urls, command, added

    def body(self) -> str:
        """The text without what becomes of this run."""
        catalogue, reports = self.catalogue, self.catalogue.reports_by_default()
        verb = "reports how it is used" if reports else "reports nothing unless you opt in"
        lines = [f"{catalogue.title} {verb}."]
        lines += [catalogue.intro.rstrip()] if catalogue.intro else []
        lines += self._collected(reports)
        to = " and to ".join(self.urls)
        lines.append(f"It {'goes' if reports else 'would go'} to {to}." if to else "The program decides where it goes.")
        if self.command and not reports and catalogue.opt_in is not None:
            lines.append(f"To opt in, run `{self.command} share`.")
        lines.append(self._ways_out())
        if self.added:
            lines.append(f"\nSince you last saw this, {catalogue.title} goes further:")
            lines += [f"  {name}" for name in self.added]
        return "\n".join(lines)

    def __str__(self) -> str:
        if self.added:
            return f"{self.body()}\nThis is held back in this run."
        return self.body() + ("\nNothing is reported in this run." if self.catalogue.reports_by_default() else "")

    def _collected(self, reports: bool) -> list[str]:
        catalogue = self.catalogue

        def titles(bit: int) -> str:
            return ", ".join(title for title, channels in catalogue.rows if channels & bit)

        lines = [f"Collected by default: {titles(DEFAULT) or 'that it was used, and when'}."] if reports else []
        if catalogue.opt_in is not None and titles(OPT_IN):
            lines.append(f"Only with `{catalogue.opt_in}`: {titles(OPT_IN)}.")
        for one in catalogue.channels:
            when = "Unless you switch it off" if one.is_on else "Only if you switch it on"
            lines.append(f"{one.title} (`{one.name}`). {when}: {titles(one.bit) or one.brief}.")
        return lines

    def _ways_out(self) -> str:
        own = f"{self.command} off" if self.command else None
        ways = [f"run `{own}`"] if own else []
        words = {"command": "run `{}`", "flag": "give `{}`", "setting": "switch off the setting `{}`"}
        others = [one for one in self.catalogue.opt_out if one.kind in words and not (one.kind == "command" and one.name == own)]
        ways += [words[one.kind].format(one.name) for one in others]
        variables = [one for one in (*self.catalogue.opt_out, *UNIVERSAL_OPT_OUTS) if one.kind == "variable"]
        set_them = " or ".join(map(_assignment, variables))
        return f"To switch it off, {', '.join(ways)}{', or ' if ways else ''}set {set_them}."


def _assignment(one: OptOut) -> str:
    return f"{one.name}={0 if one.off_when_false else 1}"
