"""PyTorch's functions where their meaning or their arguments are not those of the operator of the same name.

Each is a function with PyTorch's signature. Parameters annotated `Variable` are operands, `Arrays` sequences of them;
all others must be known at parse time.
"""

from __future__ import annotations

from typing import Any

from tidegraph.engine.language.torch_functions import elementwise, functional, linear_algebra, reductions, shapes

FUNCTIONS: dict[str, Any] = {
    "add": elementwise.add,
    "addcdiv": elementwise.addcdiv,
    "addcmul": elementwise.addcmul,
    "aminmax": reductions.aminmax,
    "cat": shapes.cat,
    "cholesky_inverse": linear_algebra.cholesky_inverse,
    "cholesky_solve": linear_algebra.cholesky_solve,
    "chunk": shapes.chunk,
    "clamp": elementwise.clamp,
    "clip": elementwise.clamp,
    "column_stack": shapes.column_stack,
    "concat": shapes.cat,
    "concatenate": shapes.cat,
    "count_nonzero": reductions.count_nonzero,
    "cummax": reductions.running("cummax"),
    "cummin": reductions.running("cummin"),
    "dist": reductions.dist,
    "div": elementwise.div,
    "divide": elementwise.div,
    "dstack": shapes.dstack,
    "flip": shapes.flip,
    "floor_divide": elementwise.floor_divide,
    "hstack": shapes.hstack,
    "index_add": shapes.index_add,
    "index_select": shapes.index_select,
    "kthvalue": reductions.kthvalue,
    "log_softmax": functional.log_softmax,
    "masked_fill": shapes.masked_fill,
    "max": reductions.max_,
    "median": reductions.median,
    "min": reductions.min_,
    "mode": reductions.mode,
    "nanmedian": reductions.nanmedian,
    "narrow": shapes.narrow,
    "norm": reductions.norm,
    "numel": shapes.numel,
    "permute": shapes.permute,
    "repeat_interleave": shapes.repeat_interleave,
    "qr": linear_algebra.qr,
    "reshape": shapes.reshape,
    "row_stack": shapes.vstack,
    "rsub": elementwise.rsub,
    "select": shapes.select,
    "softmax": functional.softmax,
    "sort": reductions.sort,
    "split": shapes.split,
    "split_with_sizes": shapes.split,
    "squeeze": shapes.squeeze,
    "stack": shapes.stack,
    "std": reductions.std,
    "std_mean": reductions.std_mean,
    "sub": elementwise.sub,
    "subtract": elementwise.sub,
    "svd": linear_algebra.old_svd,
    "swapaxes": shapes.transpose,
    "swapdims": shapes.transpose,
    "t": shapes.t,
    "take": shapes.take_flat,
    "tensor_split": shapes.tensor_split,
    "topk": reductions.topk,
    "transpose": shapes.transpose,
    "tril_indices": shapes.triangle_indices("tril_indices"),
    "triu_indices": shapes.triangle_indices("triu_indices"),
    "true_divide": elementwise.div,
    "unbind": shapes.unbind,
    "unflatten": shapes.unflatten,
    "var": reductions.var,
    "var_mean": reductions.var_mean,
    "vstack": shapes.vstack,
    "where": shapes.where,
}
"""What `torch.` means by a name."""

FUNCTIONAL: dict[str, Any] = {
    "alpha_dropout": functional.alpha_dropout,
    "cosine_similarity": functional.cosine_similarity,
    "dropout": functional.dropout,
    "dropout1d": functional.channel_dropout(1),
    "dropout2d": functional.channel_dropout(2),
    "dropout3d": functional.channel_dropout(3),
    "embedding": functional.embedding,
    "feature_alpha_dropout": functional.feature_alpha_dropout,
    "glu": functional.glu,
    "log_softmax": functional.log_softmax,
    "normalize": functional.normalize,
    "pad": shapes.pad,
    "softmax": functional.softmax,
    "softmin": functional.softmin,
    "upsample": functional.upsample,
}
"""What `F.` means by a name."""

LINALG: dict[str, Any] = {
    "eigh": linear_algebra.eigh,
    "eigvalsh": linear_algebra.eigvalsh,
    "lstsq": linear_algebra.lstsq,
    "matrix_norm": reductions.matrix_norm,
    "norm": reductions.linalg_norm,
    "qr": linear_algebra.qr,
    "slogdet": linear_algebra.slogdet,
    "svd": linear_algebra.svd,
    "vector_norm": reductions.vector_norm,
}
"""What `torch.linalg.` means by a name."""

METHODS: dict[str, Any] = {
    **FUNCTIONS,
    "expand": shapes.expand,
    "expand_as": shapes.expand_as,
    "repeat": shapes.repeat,
    "tile": shapes.repeat,
    "unfold": shapes.unfold_axis,
    "view": shapes.reshape,
    "view_as": shapes.view_as,
    "reshape_as": shapes.view_as,
}
"""What a method of a tensor means by a name."""

TORCH_ONLY = {
    "addcdiv", "addcmul", "aminmax", "chunk", "expand", "expand_as", "flip", "index_select", "kthvalue", "masked_fill",
    "narrow", "permute", "repeat_interleave", "select", "t", "tensor_split", "topk", "unbind", "unflatten", "unfold",
    "view", "view_as", "reshape_as", "clamp", "reshape", "hstack", "vstack", "dstack", "column_stack", "softmin",
    "count_nonzero", "div", "index_add", "squeeze", "rsub", "std_mean", "var_mean", "masked_select", "floor_divide",
    "where", "dist",
}  # fmt: skip
"""Names that mean the same in every dialect, or only PyTorch has."""
