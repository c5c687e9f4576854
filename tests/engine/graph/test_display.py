"""What a notebook shows is registered by type, and is the text of everything else."""

from tidegraph.engine.graph.display import mimebundle


class Unknown:
    def __repr__(self) -> str:
        return "unknown"


def test_an_object_without_a_renderer_is_shown_as_text() -> None:
    assert mimebundle(Unknown()) == {"text/plain": "unknown"}


def test_a_registered_renderer_is_used_for_its_type() -> None:
    class Known:
        pass

    mimebundle.register(Known, lambda shown: {"image/svg+xml": "<svg/>"})
    assert mimebundle(Known()) == {"image/svg+xml": "<svg/>"}
