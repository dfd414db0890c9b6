"""Puts the pages into the wheel. Whatever goes wrong with them, the wheel is made without."""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The build runs isolated, without the project's directory in reach.
sys.path.insert(0, str(Path(__file__).parent))

import build_pages  # found by the line above

# "0" makes a wheel of the API alone, and asks for no Node.
SWITCH = "LMS_MESSAGES_BUILD_PAGES"


class PagesHook(BuildHookInterface[Any]):
    """Builds the pages of `web/` unless they are built, or are not wanted."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What pip installs for the build: Node, where it is needed and missing."""
        root = Path(self.root)
        # Of an editable install only the name of pip's call tells, here.
        is_editable = any("editable" in word for word in sys.argv[1:])
        if is_editable or not _are_wanted() or build_pages.is_current(root):
            return []
        return [] if build_pages.find_node() else [build_pages.NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages into the wheel; a checkout that is installed editable builds its own."""
        if version == "editable" or not _are_wanted():
            return
        root = Path(self.root)
        is_built = build_pages.is_current(root) or self._build(root)
        # An older build may be there, for which the API has gone on.
        part = "" if is_built else build_pages.WHY_NOT
        build_data["artifacts"].append(f"/server/built/{part}")

    def _build(self, root: Path) -> bool:
        """Build them; whether that was done."""
        try:
            build_pages.build(root)
        except build_pages.BuildFailed as failed:
            self.app.display_warning(f"{failed.detail}\nThe pages are not built. {failed}")
        except Exception as error:  # noqa: BLE001  # no page is worth a failed install
            self.app.display_warning(f"The pages are not built: {error!r}")
        else:
            return True
        return False


def _are_wanted() -> bool:
    return os.environ.get(SWITCH, "1").strip().lower() not in ("0", "false", "no", "off")
