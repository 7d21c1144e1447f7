from .assemble import assemble_exports
from .exports import write_exports
from .listening import load_examples

__all__ = ["assemble_exports", "load_examples", "write_exports"]
