r"""Lines of LaTeX to lines of the program: `L = \frac{1}{2} (w x - y)^2` is `L = (1/2) * (w * x - y)**2`.

A small grammar of its own: sums, products without a sign, powers, fractions, roots, named functions, brackets, bars.
Letters beside each other are factors, unless they are a name that the rest of the program uses.
"""

from __future__ import annotations

import re

from tidegraph.engine.graph import ProgramError

LATEX = re.compile(r"\\[A-Za-z]+|\^\{|_\{|^\s*\$|\$\s*$|\\[\[\](){},;!]")
TOKEN = re.compile(r"\s*(\\[A-Za-z]+\*?|\\.|\d+\.?\d*|\.\d+|[A-Za-z]+|[-+*/=^_{}()\[\]|,.<>&'!:;])")
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu", "nu", "xi", "rho",
    "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi",
    "Psi", "Omega", "ell",
}  # fmt: skip
LETTERS = {"lambda": "lam", "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "pi": "pi", "infty": "inf"}
FUNCTIONS = {
    "ln": "log", "log": "log", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "max": "max", "min": "min",
    "det": "det",
    "softmax": "softmax", "relu": "relu", "ReLU": "relu", "sigmoid": "sigmoid", "tr": "trace", "sign": "sign",
    "sgn": "sign", "erf": "erf", "logistic": "sigmoid", "softplus": "softplus", "GELU": "gelu", "gelu": "gelu",
}  # fmt: skip
FONTS = {
    "mathbf",
    "boldsymbol",
    "mathrm",
    "mathit",
    "mathsf",
    "mathcal",
    "bm",
    "vec",
    "mathbb",
    "mathtt",
    "text",
    "textbf",
    "rm",
    "bf",
}
ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "dot": "dot",
    "widetilde": "tilde",
}
SPACES = {
    "\\,",
    "\\;",
    "\\!",
    "\\:",
    "\\ ",
    "\\quad",
    "\\qquad",
    "\\left",
    "\\right",
    "\\displaystyle",
    "\\limits",
    "\\big",
    "\\Big",
    "\\bigl",
    "\\bigr",
    "\\Bigl",
    "\\Bigr",
    "\\textstyle",
}
TIMES = {"\\cdot", "\\times", "\\odot", "\\circ", "\\ast", "*"}
NAMED = re.compile(r"^\s*([A-Za-z_]\w*)\s*(?::|=)", re.M)


def without_latex(program: str) -> str:
    """The program with its lines of LaTeX as lines of the language; a text without any stays the same."""
    if not any(sign in program for sign in ("\\", "$", "^{", "_{")):
        return program
    lines = program.split("\n")
    plain = [line for line in lines if not is_latex(line)]
    names = set(NAMED.findall("\n".join(plain)))
    arrays = set(re.findall(r"^\s*([A-Za-z_]\w*)\s*:\s*\w+\s*\[", program, re.M))
    matrices = set(re.findall(r"^\s*([A-Za-z_]\w*)\s*:\s*\w+\s*\[[^\]]*,", program, re.M))
    for n, line in enumerate(lines):
        if is_latex(line):
            lines[n] = Line(line, n + 1, names, arrays, matrices).program()
            names.update(NAMED.findall(lines[n]))
    return "\n".join(lines)


def is_latex(line: str) -> bool:
    """Whether a line is LaTeX: it has a command, or stands between dollar signs."""
    text = line.split("#")[0]
    return bool(re.search(r"\\[A-Za-z|]|\^\{|_\{|^\s*\$", text)) and not re.search(r"['\"]", text)


class Line:
    """One line of LaTeX, read by recursive descent."""

    def __init__(self, line: str, number: int, names: set[str], arrays: set[str], matrices: set[str]) -> None:
        self.line = line
        self.number = number
        self.names = names
        self.arrays = arrays
        self.matrices = matrices
        text = re.sub(r"\\\[|\\\]|\\\(|\\\)|\$|\\begin\{[^}]*\}|\\end\{[^}]*\}|\\\\\s*$|&", " ", line.split("#")[0])
        text = re.sub(r"\\label\{[^}]*\}|\\tag\{[^}]*\}|\\nonumber", " ", text).strip().rstrip(".,;")
        self.tokens: list[tuple[str, int]] = []
        place = 0
        while place < len(text):
            match = TOKEN.match(text, place)
            if match is None:
                if not text[place:].strip():
                    break
                raise self.refused()
            if match[1] not in SPACES:
                self.tokens.append((match[1], match.start(1)))
            place = match.end()
        self.place = 0
        self.bars_open = 0
        self.bound = ""
        """The index of the sum that is read, and below what it has indexed."""
        self.indexed: list[str] = []

    def refused(self, code: str = "latex-not-read", command: str = "") -> ProgramError:
        """The error of a line that this grammar does not have."""
        column = len(self.line) - len(self.line.lstrip()) + 1
        return ProgramError(code, None, self.number, column, **({"command": command} if command else {}))  # type: ignore[arg-type]

    @property
    def token(self) -> str:
        """The next token, or nothing at the end."""
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, passed."""
        token = self.token
        if not token:
            raise self.refused()
        self.place += 1
        return token

    def expect(self, token: str) -> None:
        """Pass a token that must stand here."""
        if self.take() != token:
            raise self.refused()

    def program(self) -> str:
        """The line of the program."""
        indent = self.line[: len(self.line) - len(self.line.lstrip())]
        depth = 0
        sides = []
        for n, (token, _) in enumerate(self.tokens):
            depth += (token == "{") - (token == "}")
            if token == "=" and not depth:
                sides.append(n)
        target = self.target(sides[0]) if sides else "y"
        self.place = sides[-1] + 1 if sides else 0
        text = f"{target} = {self.whole()}"
        scalars = [name for name in dict.fromkeys(self.indexed) if name not in self.arrays]
        if scalars:
            column = len(indent) + 1
            raise ProgramError("latex-sum", None, self.number, column, names=scalars, corrected=text[:200])
        return indent + text

    def whole(self) -> str:
        """An expression up to the end of the line."""
        text = self.sum()
        if self.token:
            raise self.refused()
        return text

    def target(self, end: int) -> str:
        """The name on the left side; arguments in brackets, as in `f(x)`, are left out."""
        if self.tokens[0][0].isalpha() and len(self.tokens[0][0]) > 1:
            self.place = 1
            name = self.indexed_name(self.tokens[0][0])
        else:
            name = self.atom()
        name = name.strip("()")
        if not name.isidentifier():
            raise self.refused()
        if self.place < end and self.token not in ("(", "="):
            raise self.refused()
        return name

    def sum(self) -> str:
        """Terms with + and -."""
        sign = ""
        if self.token in "+-" and self.token:
            sign = "-" if self.take() == "-" else ""
        text = sign + self.product()
        while self.token in ("+", "-"):
            text += f" {self.take()} {self.product()}"
        return text

    def product(self) -> str:
        """Factors, with a sign between them or without."""
        text, last = self.power()
        while True:
            token = self.token
            if token in TIMES:
                self.take()
                other, kind = self.power()
                sign = "@" if self.matrix_product(last, kind) and token not in ("\\odot", "\\circ") else "*"
                text = f"{text} {sign} {other}"
            elif token in ("/", "\\div"):
                self.take()
                other, kind = self.power()
                text = f"{text} / {other}"
            elif self.begins_factor(token):
                other, kind = self.power()
                text = f"{text} {'@' if self.matrix_product(last, kind) else '*'} {other}"
            else:
                return text
            last = kind

    def begins_factor(self, token: str) -> bool:
        """Whether a token begins a factor that follows without a sign."""
        if token in ("|", "\\|", "\\vert", "\\Vert"):
            return not self.bars_open
        if not token or token in ("\\le", "\\ge", "\\ne", "\\}", "\\rvert", "\\rVert"):
            return False
        return token[0].isalnum() or token in ("(", "[", "{") or token[0] == "\\"

    def matrix_product(self, a: str, b: str) -> bool:
        """Whether factors are multiplied as matrices: bold letters, or arrays one of which is a matrix."""
        return bool(a) and bool(b) and ("matrix" in (a, b) or a == "bold" == b)

    def power(self) -> tuple[str, str]:
        """An atom with its exponents, and what kind of array it is."""
        start = self.place
        text = self.atom()
        kind = self.kind(text, start)
        while self.token in ("^", "'", "!"):
            sign = self.take()
            if sign == "!":
                text = f"exp(lgamma({text} + 1))"
                continue
            if sign == "'":
                text += "_prime"
                continue
            if self.token in ("\\top", "\\intercal", "T", "\\mathsf", "\\mathrm"):
                font = self.take()
                if font in ("\\mathsf", "\\mathrm"):
                    self.expect("{")
                    self.expect("T")
                    self.expect("}")
                text += ".T"
                continue
            exponent = self.group()
            if exponent in ("T", "-1") and kind == "matrix":
                text = f"{text}.T" if exponent == "T" else f"inv({text})"
            elif exponent == "T":
                text += ".T"
            elif text == "e":
                text = f"exp({strip(exponent)})"
            else:
                text = f"{text}**{exponent if exponent.isalnum() else f'({strip(exponent)})'}"
        return text, kind

    def kind(self, text: str, start: int) -> str:
        """What is known of an atom: a matrix, an array, a bold letter, or nothing."""
        if text in self.matrices:
            return "matrix"
        if text in self.arrays:
            return "array"
        return "bold" if self.tokens[start][0][1:] in ("mathbf", "boldsymbol", "bm") else ""

    def group(self) -> str:
        """What stands in braces, or one token."""
        if self.token == "{":
            self.take()
            text = self.sum()
            self.expect("}")
            return text
        if re.fullmatch(r"\d+", self.token) and len(self.token) > 1:
            token = self.take()
            self.tokens.insert(self.place, (token[1:], 0))
            return token[0]
        return self.atom(single=True)

    def atom(self, single: bool = False) -> str:
        """A number, a name, a function, a fraction, a root, or what stands in brackets."""
        token = self.take()
        if re.fullmatch(r"\d+\.?\d*|\.\d+", token):
            return token
        if token in ("(", "["):
            text = self.several({"(": ")", "[": "]"}[token])
            return f"({text})"
        if token == "{":
            text = self.sum()
            self.expect("}")
            return text if text.isalnum() else f"({text})"
        if token in ("|", "\\|", "\\lvert", "\\lVert", "\\vert", "\\Vert"):
            return self.bars(token)
        if token == "-":
            return f"-{self.atom(single)}"
        if token.startswith("\\"):
            return self.command(token[1:])
        if token.isalpha():
            return self.word(token, single)
        raise self.refused()

    def several(self, end: str) -> str:
        """Expressions with commas, up to a bracket."""
        parts = [self.sum()]
        while self.token == ",":
            self.take()
            parts.append(self.sum())
        if self.token in (")", "]"):
            self.take()
        else:
            self.expect(end)
        return ", ".join(parts)

    def bars(self, opened: str) -> str:
        """An absolute value or a norm."""
        closing = {"\\lvert": "\\rvert", "\\lVert": "\\rVert"}.get(opened, opened)
        self.bars_open += 1
        text = self.sum()
        self.bars_open -= 1
        self.expect(closing)
        if opened in ("|", "\\lvert", "\\vert"):
            return f"abs({text})"
        order = ""
        if self.token == "_":
            self.take()
            order = self.group()
        return f"norm({text})" if order in ("", "2") else f"norm({text}, {order})"

    def word(self, token: str, single: bool) -> str:
        """Letters: a name of the program, or factors one a letter."""
        if token in self.names or len(token) == 1:
            return self.called(self.indexed_name(token))
        if token in FUNCTIONS and self.token == "(":
            return self.called(FUNCTIONS[token])
        if single:
            self.tokens.insert(self.place, (token[1:], 0))
            return token[0]
        self.tokens.insert(self.place, (token[1:], 0))
        return token[0]

    def called(self, name: str) -> str:
        """A name, called where a function's argument follows."""
        if name in ("sigma",) and self.token == "(":
            name = "sigmoid"
        if name in (*FUNCTIONS.values(), "sigmoid") and self.token == "(":
            self.take()
            return f"{name}({self.several(')')})"
        return name

    def indexed_name(self, name: str) -> str:
        """A name with its index; the index of a sum is left out, and what has it is noted."""
        before = len(self.indexed)
        name += self.index()
        self.indexed[before:] = [name] * (len(self.indexed) - before)
        return name

    def index(self) -> str:
        """An index as a part of the name."""
        text = ""
        while self.token == "_":
            self.take()
            if self.token == "{":
                self.take()
                parts = []
                while self.token != "}":
                    part = self.take()
                    if part.startswith("\\"):
                        part = LETTERS.get(part[1:], part[1:])
                        if part in FONTS:
                            continue
                    if part in "{,":
                        continue
                    parts.append(part)
                self.take()
                inner = "".join(parts)
            else:
                inner = self.take().lstrip("\\")
            if inner and inner == self.bound:
                self.indexed.append("")
                continue
            inner = re.sub(r"\W", "_", inner)
            text += inner if inner.isdigit() else f"_{inner}"
        if self.token == "^" and self.place + 1 < len(self.tokens) and self.tokens[self.place + 1][0] == "{":
            inside = [t for t, _ in self.tokens[self.place + 2 : self.place + 5]]
            if len(inside) == 3 and inside[0] == "(" and inside[2] == ")":
                self.place += 6
                return f"{inside[1]}{text}"
        return text

    def over_index(self, function: str) -> str:
        """A sum or a product of elements: `\\sum_{i=1}^n x_i^2` is sum(x**2) where x is an array."""
        index = ""
        while self.token in ("_", "^"):
            below = self.take() == "_"
            inside = [self.take()]
            if inside == ["{"]:
                while inside[-1] != "}":
                    inside.append(self.take())
                inside = inside[1:-1]
            if below and inside:
                index = inside[0]
        if self.bound or not re.fullmatch(r"[a-z]", index):
            raise self.refused("latex-command-not-read", command=f"\\{function}")
        self.bound = index
        before = len(self.indexed)
        text = self.product()
        self.bound = ""
        if len(self.indexed) == before or re.search(rf"\b{index}\b", text):
            raise self.refused("latex-command-not-read", command=f"\\{function}")
        return f"{function}({strip(text)})"

    def command(self, name: str) -> str:
        """A command of LaTeX."""
        if name in ("frac", "dfrac", "tfrac"):
            above, below = self.group(), self.group()
            return f"({wrapped(above)}/{wrapped(below)})"
        if name == "sqrt":
            root = ""
            if self.token == "[":
                self.take()
                root = self.sum()
                self.expect("]")
            inside = strip(self.group())
            return f"sqrt({inside})" if not root else f"({inside})**(1/{root})"
        if name in ("operatorname", "mathrm", "text", "mathit", "mathsf") and self.token == "{":
            self.take()
            word = ""
            while self.token != "}":
                word += self.take().lstrip("\\")
            self.take()
            if word in FUNCTIONS or word.lower() in FUNCTIONS:
                return self.applied(FUNCTIONS.get(word) or FUNCTIONS[word.lower()])
            if not word.isidentifier():
                raise self.refused()
            return self.called(self.indexed_name(word))
        if name in FONTS:
            inner = self.group()
            return self.called(self.indexed_name(inner))
        if name in ACCENTS:
            inner = self.group()
            return self.indexed_name(f"{inner}_{ACCENTS[name]}")
        if name in FUNCTIONS:
            return self.applied(FUNCTIONS[name])
        if name in LETTERS:
            return self.indexed_name(LETTERS[name])
        if name in GREEK:
            return self.called(self.indexed_name(name))
        if name in ("sum", "prod"):
            return self.over_index(name)
        raise self.refused("latex-command-not-read", command=f"\\{name}")

    def applied(self, function: str) -> str:
        """A function and its operand, with brackets or without; an exponent in between belongs to the result."""
        exponent = ""
        if self.token == "_":
            self.take()
            base = self.group()
            function = {"2": "log2", "10": "log10"}.get(base, function) if function == "log" else function
        if self.token == "^":
            self.take()
            exponent = self.group()
        if self.token in ("(", "["):
            closing = {"(": ")", "[": "]"}[self.take()]
            text = f"{function}({self.several(closing)})"
        elif self.token in ("\\{",):
            self.take()
            inside = self.sum()
            self.expect("\\}")
            text = f"{function}({inside})"
        else:
            inside, _ = self.power()
            while self.token and (
                self.token[0].isalnum() or (self.token[0] == "\\" and self.token[1:] in (GREEK | LETTERS.keys()))
            ):
                other, _ = self.power()
                inside += f" * {other}"
            text = f"{function}({strip(inside)})"
        return f"{text}**{exponent}" if exponent else text


def strip(text: str) -> str:
    """Without brackets around the whole."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for n, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and n < len(text) - 1:
            return text
    return text[1:-1]


def wrapped(text: str) -> str:
    """A part of a fraction in brackets where it needs them."""
    text = strip(text)
    return text if re.fullmatch(r"[\w.]+", text) else f"({text})"
