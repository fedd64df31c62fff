"""Structured fields (RFC 9651), as far as lists of items with parameters go; strictly, and not by our own parser."""

import base64
import re
from dataclasses import dataclass, field
from decimal import Decimal

KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
NUMBER = re.compile(r"-?(?:(\d{1,12}\.\d{1,3})|(\d{1,15}))(?![\d.])")
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
BOOLEAN = re.compile(r"\?([01])")


class NotStructured(AssertionError):
    pass


class Token(str):
    """A bare word, not a "string"."""


@dataclass
class Item:
    value: object
    parameters: dict = field(default_factory=dict)


class _Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, wanted):
        raise NotStructured(f"no {wanted} at {self.at} of {self.text!r}")

    def take(self, pattern):
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def skip(self, characters):
        while self.at < len(self.text) and self.text[self.at] in characters:
            self.at += 1

    def over(self):
        return self.at == len(self.text)

    def list(self):
        items = []
        self.skip(" ")
        while not self.over():
            items.append(self.item())
            self.skip(" \t")
            if self.over():
                return items
            if self.text[self.at] != ",":
                self.fail("comma")
            self.at += 1
            self.skip(" \t")
            if self.over():
                self.fail("item behind the comma")
        return items

    def item(self):
        item = Item(self.bare_item())
        while not self.over() and self.text[self.at] == ";":
            self.at += 1
            self.skip(" ")
            name = (self.take(KEY) or self.fail("parameter name")).group()
            value = True
            if not self.over() and self.text[self.at] == "=":
                self.at += 1
                value = self.bare_item()
            item.parameters[name] = value
        return item

    def bare_item(self):
        if found := self.take(STRING):
            return re.sub(r"\\(.)", r"\1", found.group(1))
        if found := self.take(NUMBER):
            return Decimal(found.group()) if found.group(1) else int(found.group())
        if found := self.take(BOOLEAN):
            return found.group(1) == "1"
        if found := self.take(BYTES):
            return base64.b64decode(found.group(1), validate=True)
        if found := self.take(TOKEN):
            return Token(found.group())
        return self.fail("bare item")


def items(lines):
    """The list that all fields of one name are together. They are joined, as RFC 9651 4.2 has it."""
    text = ", ".join(lines)
    assert all(" " <= c <= "~" or c == "\t" for c in text), text
    return _Reader(text.rstrip(" ")).list()


def named(lines):
    """A list of strings with parameters as {string: parameters}; no string twice."""
    found = items(lines)
    names = [item.value for item in found]
    assert all(type(name) is str for name in names), f"not strings: {found}"
    assert len(names) == len(set(names)), f"named twice: {names}"
    return {item.value: item.parameters for item in found}
