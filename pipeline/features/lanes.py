"""Arithmetic on several frames at once, written out at compile time: an instruction does the same number of each.

Formulas in Python, on `Lanes` in place of numbers, become straight code for vector registers, whatever their loops.
Compilers don't find it by themselves: they can't tell that the arrays that go in and out do not overlap.
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

N_LANES = 8
"""Frames side by side: of double precision they fill a register of 512 bits, of single one of 256."""

_MAY_FUSE = ("contract",)
"""A product may be added without being rounded first, where the processor can."""


def lanewise(write: Callable[..., None]) -> Any:
    """Return a function for compiled code that does what `write` says with eight frames; its arguments come as a tuple.

    Parameters
    ----------
    write : callable
        gets arrays as `Rows`, and whole numbers as `Place`
    """

    @intrinsic
    def compiled(typing_context, arguments):
        def generate(context, builder, signature, values):
            given = zip(arguments.types, cgutils.unpack_tuple(builder, values[0]), strict=True)
            write(
                *(
                    Rows(context, builder, kind, value) if isinstance(kind, types.Array) else Place(builder, value)
                    for kind, value in given
                )
            )
            return context.get_dummy_value()

        return types.void(arguments), generate

    return compiled


class Place:
    """A whole number that is not known yet."""

    def __init__(self, builder: ir.IRBuilder, value: ir.Value):
        self.builder, self.value = builder, value

    def __add__(self, other: "Place | int") -> "Place":
        return Place(self.builder, self.builder.add(self.value, self._value(other)))

    def __mul__(self, other: "Place | int") -> "Place":
        return Place(self.builder, self.builder.mul(self.value, self._value(other)))

    def _value(self, other: "Place | int") -> ir.Value:
        return other.value if isinstance(other, Place) else ir.Constant(self.value.type, other)


class Lanes:
    """A number of each frame, not known yet; they are added, subtracted and multiplied like numbers."""

    def __init__(self, builder: ir.IRBuilder, numbers: ir.Value):
        self.builder, self.numbers = builder, numbers

    def __add__(self, other: "Lanes") -> "Lanes":
        return Lanes(self.builder, self.builder.fadd(self.numbers, other.numbers, flags=_MAY_FUSE))

    def __sub__(self, other: "Lanes") -> "Lanes":
        return Lanes(self.builder, self.builder.fsub(self.numbers, other.numbers, flags=_MAY_FUSE))

    def __mul__(self, other: "Lanes | float") -> "Lanes":
        factor = other.numbers if isinstance(other, Lanes) else ir.Constant(self.numbers.type, [other] * N_LANES)
        return Lanes(self.builder, self.builder.fmul(self.numbers, factor, flags=_MAY_FUSE))

    def double(self) -> "Lanes":
        """Return them in double precision."""
        return Lanes(self.builder, self.builder.fpext(self.numbers, ir.VectorType(ir.DoubleType(), N_LANES)))

    def single(self) -> "Lanes":
        """Return them rounded to single precision."""
        return Lanes(self.builder, self.builder.fptrunc(self.numbers, ir.VectorType(ir.FloatType(), N_LANES)))

    def chosen(self, other: "Lanes", places: Sequence[int]) -> "Lanes":
        """Return those at some places of these and the others behind them."""
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
        return Lanes(self.builder, self.builder.shuffle_vector(self.numbers, other.numbers, mask))


class Rows:
    """An array of real or complex numbers [shape=(n, n_frames)], or a table of real ones [shape=(n,)].

    The frames of a row lie side by side.
    """

    def __init__(self, context: Any, builder: ir.IRBuilder, array_type: Any, value: ir.Value):
        array = context.make_array(array_type)(context, builder, value)
        is_complex = isinstance(array_type.dtype, types.Complex)
        self.builder, self.parts = builder, 2 if is_complex else 1
        self.number = context.get_data_type(array_type.dtype.underlying_float if is_complex else array_type.dtype)
        self.number_bytes = context.get_abi_sizeof(self.number)
        self.data = builder.bitcast(array.data, self.number.as_pointer())
        row_bytes = builder.extract_value(array.strides, 0)
        self.row_numbers = Place(builder, builder.sdiv(row_bytes, ir.Constant(row_bytes.type, self.number_bytes)))

    def load(self, row: Place, frame: Place) -> Lanes:
        """Return the real numbers of a row from a frame on."""
        return Lanes(self.builder, self.builder.load(self._pointer(row, frame), align=self.number_bytes))

    def store(self, row: Place, frame: Place, numbers: Lanes) -> None:
        """Write them there."""
        self.builder.store(numbers.numbers, self._pointer(row, frame), align=self.number_bytes)

    def load_complex(self, row: Place, frame: Place) -> tuple[Lanes, Lanes]:
        """Return the complex numbers of a row from a frame on: real and imaginary parts."""
        both = self.load(row, frame)
        real, imaginary = (both.chosen(both, range(part, 2 * N_LANES, 2)) for part in (0, 1))
        return real, imaginary

    def store_complex(self, row: Place, frame: Place, numbers: tuple[Lanes, Lanes]) -> None:
        """Write them there."""
        in_turn = [i + part for i in range(N_LANES) for part in (0, N_LANES)]
        self.store(row, frame, numbers[0].chosen(numbers[1], in_turn))

    def same(self, place: Place) -> Lanes:
        """Return a number of a table, for all frames."""
        one = self.builder.load(self.builder.gep(self.data, [place.value]))
        numbers = ir.Constant(ir.VectorType(self.number, N_LANES), ir.Undefined)
        for lane in range(N_LANES):
            numbers = self.builder.insert_element(numbers, one, ir.Constant(ir.IntType(32), lane))
        return Lanes(self.builder, numbers)

    def _pointer(self, row: Place, frame: Place) -> ir.Value:
        first = row * self.row_numbers + frame * self.parts
        lanes = ir.VectorType(self.number, self.parts * N_LANES)
        return self.builder.bitcast(self.builder.gep(self.data, [first.value]), lanes.as_pointer())
