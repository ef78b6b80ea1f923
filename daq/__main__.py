"""``python -m daq``: the same as the command ``daq``."""

from daq.cli.main import main

if __name__ == "__main__":
    main()
