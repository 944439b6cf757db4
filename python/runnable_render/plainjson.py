"""JSON as package json has it. That package imports re, which alone takes longer than all else that a small task does;
its C part does not need it. Where that part is missing or another than we know, package json itself does the work.
"""
_SPACE = " \t\n\r"


def _loader():
    from _json import make_scanner

    class Context:  # what json.JSONDecoder() is to the scanner
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int = float, int
        parse_constant = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__

    plain = make_scanner(Context())

    def scanner(parse_float, parse_int):
        if parse_float is float and parse_int is int:
            return plain
        context = Context()
        context.parse_float, context.parse_int = parse_float, parse_int
        return make_scanner(context)

    def loads(text, parse_float=float, parse_int=int):
        """The value of JSON text, of UTF-8 if it is bytes."""
        scan = scanner(parse_float, parse_int)
        if not isinstance(text, str):
            text = str(text, "utf-8", "surrogatepass")
        text = text.strip(_SPACE)
        try:
            value, end = scan(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            raise ValueError("this is not JSON")
        return value

    if loads('{"a": [1, 2.5, null, "\\u00e9"]}') != {"a": [1, 2.5, None, "é"]}:
        raise ImportError
    return loads


def _dumper():
    from _json import encode_basestring, encode_basestring_ascii, make_encoder

    def dumps(value, default=None, ascii=True, allow_nan=True, compact=False):
        """The JSON text of a value; default is asked for what it does not know."""
        text = encode_basestring_ascii if ascii else encode_basestring
        encode = make_encoder({}, default or _unknown, text, None, ":" if compact else ": ", "," if compact else ", ", False, False, allow_nan)
        return "".join(encode(value, 0))

    if dumps({"a": [1, 2.5, None, "é"]}) != '{"a": [1, 2.5, null, "\\u00e9"]}':
        raise ImportError
    return dumps


def _unknown(value):
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _by_the_package():
    import json

    def dumps(value, default=None, ascii=True, allow_nan=True, compact=False):
        separators = (",", ":") if compact else None
        return json.dumps(value, default=default, ensure_ascii=ascii, allow_nan=allow_nan, separators=separators)

    def loads(text, parse_float=float, parse_int=int):
        return json.loads(text, parse_float=parse_float, parse_int=parse_int)

    return loads, dumps


try:
    loads, dumps = _loader(), _dumper()
except (ImportError, AttributeError, TypeError):
    loads, dumps = _by_the_package()
