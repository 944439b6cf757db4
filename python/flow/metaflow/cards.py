"""Cards: what a step shows of its work, kept as data with its run. Programs and pages draw it.

A card is {"id", "type", "components"}, a component {"type", …}: markdown has text, table headers and rows, image a data URL, artifact
a text, progress value and most, chart a specification of Vega-Lite, code a text, value a title and a value, error a message.
"""
import base64
import json


class MetaflowCardComponent:
    """The base of components. data() is what is kept."""

    def __init__(self, kind, **data):
        self._kind, self._data = kind, data

    def data(self):
        return {"type": self._kind, **{k: v for k, v in self._data.items() if v is not None}}

    def update(self, *args, **kwargs):
        """Replaces what the component shows."""
        self.__init__(*args, **kwargs)


class Markdown(MetaflowCardComponent):
    def __init__(self, text=None):
        super().__init__("markdown", text=str(text or ""))


class Artifact(MetaflowCardComponent):
    def __init__(self, artifact, name=None, compressed=True):
        super().__init__("artifact", name=name, text=_shortened(repr(artifact)))


class Table(MetaflowCardComponent):
    def __init__(self, data=None, headers=None, disable_updates=False):
        super().__init__("table", headers=[str(h) for h in headers or []], rows=[[_cell(c) for c in row] for row in data or []])

    @classmethod
    def from_dataframe(cls, dataframe=None, truncate=True):
        rows = dataframe.head(100) if truncate else dataframe
        return cls([[i, *row] for i, row in zip(rows.index, rows.values.tolist())], ["", *dataframe.columns])


class Image(MetaflowCardComponent):
    """A picture, from the bytes or the path of its file."""

    def __init__(self, src=None, label=None, disable_updates=True):
        if isinstance(src, str):
            with open(src, "rb") as f:
                src = f.read()
        super().__init__("image", src=f"data:{_kind_of(src)};base64,{base64.b64encode(src).decode()}" if src else None, label=label)

    @classmethod
    def from_matplotlib(cls, plot, label=None, disable_updates=False):
        import io

        out = io.BytesIO()
        (plot if hasattr(plot, "savefig") else plot.get_figure()).savefig(out, format="png")
        return cls(out.getvalue(), label)

    @classmethod
    def from_pil_image(cls, pilimage, label=None, disable_updates=False):
        import io

        out = io.BytesIO()
        pilimage.save(out, format="PNG")
        return cls(out.getvalue(), label)


class ProgressBar(MetaflowCardComponent):
    def __init__(self, max=100, label=None, value=0, unit=None, metadata=None):
        super().__init__("progress", max=max, label=label, value=value, unit=unit, metadata=metadata)

    def update(self, new_value, metadata=None):
        self._data.update(value=new_value, metadata=metadata or self._data["metadata"])


class VegaChart(MetaflowCardComponent):
    def __init__(self, spec, data=None, show_controls=False):
        spec = json.loads(spec) if isinstance(spec, str) else dict(spec)
        super().__init__("chart", spec={**spec, "data": data} if data is not None else spec)

    @classmethod
    def from_altair_chart(cls, altair_chart):
        return cls(altair_chart.to_dict())


class PythonCode(MetaflowCardComponent):
    def __init__(self, code_func=None, code_string=None):
        if code_func is not None:
            import inspect

            code_string = inspect.getsource(code_func)
        super().__init__("code", text=code_string or "")


class ValueBox(MetaflowCardComponent):
    def __init__(self, title=None, value=None, subtitle=None, theme=None, change_indicator=None):
        super().__init__("value", title=title, value=_cell(value), subtitle=subtitle, change=change_indicator)


class Error(MetaflowCardComponent):
    def __init__(self, exception, title=None):
        super().__init__("error", title=title, text=str(exception))


UserComponent = MetaflowCardComponent


def _shown(component):
    """The data of a component. One that has none, such as one of the user's own, is shown by what it renders, or else as a text."""
    for show in (_data, lambda c: {"type": "artifact", "text": _shortened(_text(c.render()))}, lambda c: {"type": "artifact", "text": _shortened(repr(c))}):
        try:
            return show(component)
        except Exception:
            continue
    return {"type": "artifact", "text": f"<{type(component).__name__}>"}


def _data(component):
    if not isinstance(component, MetaflowCardComponent):
        return {"type": "artifact", "text": _shortened(repr(component))}
    return _as_json(component.data())


def _as_json(value):
    """A value as JSON has it; what JSON has not is a text."""
    if isinstance(value, dict):
        return {str(k): _as_json(v) for k, v in value.items()}
    return [_as_json(v) for v in value] if isinstance(value, (list, tuple)) else _whole(value)


def _text(rendered):
    return rendered if isinstance(rendered, str) else json.dumps(_as_json(rendered))


def _whole(value):
    return value if type(value) is str else _cell(value)


def _cell(value):
    """What stands in a cell: a component, a value of JSON, or a value's text."""
    if isinstance(value, MetaflowCardComponent):
        return _shown(value)
    if value is None or type(value) in (bool, int, str) or type(value) is float and value - value == 0:
        return value
    return _shortened(str(value))


def _shortened(text, most=2000):
    return text if len(text) <= most else text[:most] + "…"


def _kind_of(data):
    for mark, kind in ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"GIF8", "image/gif"), (b"<", "image/svg+xml")):
        if data.startswith(mark):
            return kind
    return "application/octet-stream"


class _Card:
    """One card of the step that is running."""

    def __init__(self, name, kind):
        self.id, self.type, self.components = name, kind, []

    def append(self, component, id=None):
        self.components.append(component)

    def extend(self, components):
        for c in components:
            self.append(c)

    def clear(self):
        self.components.clear()

    def refresh(self, *_, **__):
        """Has no effect: a card is kept when its step ends."""

    def data(self):
        return {"id": self.id, "type": self.type, "components": [_shown(c) for c in self.components]}


class Cards(_Card):
    """current.card: the cards of the step that is running. What is given to none by its id goes to the one without an
    id, or else to the first."""

    def __init__(self, declared):
        self.cards = [_Card(c.get("id"), c.get("type", "default")) for c in declared]
        self._own = next((c for c in self.cards if c.id is None), self.cards[0])

    @property
    def components(self):
        return self._own.components

    def __getitem__(self, name):
        found = next((c for c in self.cards if c.id == name), None)
        return found or _Card(name, "")  # what is written on a card that is not there is not kept, as in Metaflow

    def data(self):
        return [c.data() for c in self.cards]


class Card:
    """A card of a task that has run."""

    def __init__(self, task, data):
        self._task, self.data = task, data
        self.id, self.type = data["id"], data["type"]

    def get(self):
        """The card as JSON text."""
        return json.dumps(self.data, indent=2)

    def __repr__(self):
        return f"<card {self.id or self.type} of {self._task.pathspec}>"


def get_cards(task, id=None, type=None, follow_resumed=True):
    """The cards of a task, an object of the Client API or its path."""
    from .client import Task

    task = Task(task) if isinstance(task, str) else task
    return [Card(task, c) for c in task._cards() if id in (None, c["id"]) and type in (None, c["type"])]
