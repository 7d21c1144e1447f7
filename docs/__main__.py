"""``make docs``: write what follows from the declarations."""

from docs import PROJECT, written


def main() -> None:
    """Write the files that are not yet as they should be, and name them."""
    for path, text in written().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
