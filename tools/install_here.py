"""Puts this checkout into its own virtual environment: sources by path, both commands.

What `pip install --editable .` would do, without fetching a build backend: so that
`make run` needs nothing but the locked packages.
"""

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {"waypost": "waypost.__main__", "meta-emulator": "meta_emulator.__main__"}


def main() -> None:
    """Write the path file and one launcher per command."""
    packages = Path(sysconfig.get_paths()["purelib"])
    (packages / "waypost-here.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    scripts = Path(sys.executable).parent
    for command, module in COMMANDS.items():
        launcher = scripts / command
        launcher.write_text(
            f"#!{sys.executable}\nimport sys\n\nfrom {module} import main\n\nsys.exit(main())\n",
            encoding="utf-8",
        )
        launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
