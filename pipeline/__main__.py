"""``python -m pipeline`` is ``vn-directives``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
