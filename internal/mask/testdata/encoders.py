"""Writes what Python's encoders make of the secrets on stdin."""
import base64
import binascii
import html
import json
import shlex
import sys
import urllib.parse
import xml.sax.saxutils

quote = urllib.parse.quote
encoders = {
    "repr": lambda s: repr(s)[1:-1],
    "repr of bytes": lambda s: repr(s.encode())[2:-1],
    "ascii": lambda s: ascii(s)[1:-1],
    "repr of repr": lambda s: repr(repr(s))[2:-2],
    "json": lambda s: json.dumps(s)[1:-1],
    "json utf-8": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps(s))[3:-3],
    "json in json in json": lambda s: json.dumps(json.dumps(json.dumps(s)))[7:-7],
    "json in repr": lambda s: repr(json.dumps(s))[2:-2],
    "unicode_escape": lambda s: s.encode("unicode_escape").decode(),
    "quote": quote,
    "quote, nothing safe": lambda s: quote(s, safe=""),
    "quote, much safe": lambda s: quote(s, safe="/ &*?=+:;,@!$'()<>\"{}~"),
    "quote_plus": urllib.parse.quote_plus,
    "quote_plus, some safe": lambda s: urllib.parse.quote_plus(s, safe="/&*"),
    "quote of quote": lambda s: quote(quote(s)),
    "urlencode": lambda s: urllib.parse.urlencode({"": s})[1:],
    "xml": xml.sax.saxutils.escape,
    "xml attribute": lambda s: xml.sax.saxutils.quoteattr(s)[1:-1],
    "html": html.escape,
    "xmlcharref": lambda s: s.encode("ascii", "xmlcharrefreplace").decode(),
    "backslashreplace": lambda s: s.encode("ascii", "backslashreplace").decode(),
    "b64encode": lambda s: base64.b64encode(s.encode()).decode(),
    "urlsafe_b64encode": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "encodebytes": lambda s: base64.encodebytes(s.encode()).decode(),
    "repr of encodebytes": lambda s: repr(base64.encodebytes(s.encode()))[2:-3],
    "hexlify": lambda s: binascii.hexlify(s.encode()).decode(),
    "hex with colons": lambda s: s.encode().hex(":"),
    "shlex": lambda s: shlex.quote(s),
    "shlex of shlex": lambda s: shlex.quote(shlex.quote(s)),
}
print(json.dumps([{"Name": n, "Secret": s, "Text": e(s)} for s in json.load(sys.stdin) for n, e in encoders.items()]))
