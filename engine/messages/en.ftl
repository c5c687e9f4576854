### English: every text that Tidegraph writes. docs/messages.md says how to add one, CONTRIBUTING.md how to add a language.
### A message of an error has the attribute `.hint`: what would be right, as text that can be used.

language-name = English

## General

list-separator = ,{" "}
list-and = { $names } and { $last }
list-or = { $names } or { $last }
operands = { $shapes }
has-shape = { $name } has shape { $shape }
in-node = node { $name }
in-context = { $context }: { $problem }
did-you-mean = did you mean { $name }?
one-of = one of { $names }

## Errors: the program

nested-too-deeply = the program is nested too deeply
    .hint = split the expression into several lines
unknown-name = { $name } is not defined

## Errors: shapes and operators

does-not-broadcast = axis { $axis } has sizes { $sizes }, which do not broadcast
    .hint = sizes must be equal or 1, counted from the last axis

## Errors: values and options

unknown-variable = there is no variable '{ $name }'
value-shape = { $name } has shape { $shape }; the value given has shape { $given }
unknown-size = the program has no size '{ $name }'
not-a-minibatch-size = '{ $name }' is not the size of a minibatch
    .hint = name the size of the minibatch: n = 8, X: input[n, 2]

## Errors: requests

title-program = Invalid program
status-400 = Bad Request
status-403 = Forbidden
status-404 = Not Found
status-405 = Method Not Allowed
status-408 = Request Timeout
status-413 = Content Too Large
status-415 = Unsupported Media Type
status-422 = Invalid run
status-429 = Too Many Requests
status-431 = Request Header Fields Too Large
status-500 = Internal Server Error
status-501 = Not Implemented
status-502 = Bad Gateway
status-503 = Service Unavailable

not-found = There is nothing at { $path }.
method-not-allowed = { $path } does not answer { $method }.
http-error = { $reason }
invalid-request = { $faults }
    .title = Invalid request
field-error = { $reason }
field-misspelled = There is no such field; did you mean { $meant }?
field-extra-forbidden = There is no such field
field-model-type = Input should be an object
field-missing = Field required
field-arrays-by-name = arrays are given by name, in an object
field-program-or-graph = a run has either a program or a graph
field-literal-error = Input should be { $expected }
field-greater-than = Input should be greater than { $gt }
field-greater-than-equal = Input should be greater than or equal to { $ge }
field-less-than = Input should be less than { $lt }
field-less-than-equal = Input should be less than or equal to { $le }
field-int-type = Input should be a whole number
field-int-parsing = Input should be a whole number
field-int-from-float = Input should be a whole number
field-float-type = Input should be a number
field-float-parsing = Input should be a number
field-finite-number = Input should be a finite number
field-string-type = Input should be text
field-bool-type = Input should be true or false
field-bool-parsing = Input should be true or false
field-list-type = Input should be a list
field-dict-type = Input should be an object
field-string-too-long = Text should have at most { $max_length } characters
field-string-too-short = Text should have at least { $min_length } characters
field-too-long = There should be at most { $max_length } items, not { $actual_length }
field-too-short = There should be at least { $min_length } items, not { $actual_length }
server-error = Something went wrong on our side; the request itself may be fine.
shutting-down = The service is shutting down, and this run would have taken longer than the time left.
    .hint = Try again in { $seconds } s.
unknown-example = There is no example '{ $name }'.
    .hint = GET /api/v1/examples lists them.
oembed-json-only = This provider answers JSON only.
not-a-graph-address = This address is not one of a graph here.
    .hint = Use a link copied from the page, or { $home }embed followed by its options.
nodes-not-objects = The nodes of a graph are a list of objects.
    .title = Invalid graph
array-without-run = An array alone does not say what to run.
    .hint = Give its name and the run in the address: ?value=x&request={"{"}"program": "..."{"}"}.
    .title = Invalid request
no-value-in-run = This run has no value of '{ $name }'.
    .title = Unknown variable
no-gradient-in-run = This run has no gradient of '{ $name }'.
    .title = Unknown variable
edits-need-program = Edits are made on the text of a program.
    .hint = Send "program".
    .title = No program
difference-needs-programs = A difference is between two programs.
    .hint = Send "program" and "before".
    .title = No program
value-ragged = The value of { $name } is not an array of numbers: the lists inside it differ in length or depth.
    .hint = Give every row the same length.
    .title = Invalid value
value-holds-null = The value of { $name } is not an array of numbers: it holds null.
    .hint = Give numbers, nested lists of numbers, "NaN", "Infinity" or "-Infinity".
    .title = Invalid value
value-holds-text = The value of { $name } is not an array of numbers: it holds a text.
    .hint = Give numbers, nested lists of numbers, "NaN", "Infinity" or "-Infinity".
    .title = Invalid value
value-holds-object = The value of { $name } is not an array of numbers: it holds an object.
    .hint = Give numbers, nested lists of numbers, "NaN", "Infinity" or "-Infinity".
    .title = Invalid value
slice-parts = The slice '{ $slice }' does not fit: it has { $parts } parts, and the array has { $axes ->
    [one] { $axes } axis
   *[other] { $axes } axes
  }.
    .hint = For example '0:4, :, 2'.
    .title = Invalid slice
slice-part = The slice '{ $slice }' does not fit: '{ $part }' is neither an index nor start:stop:step.
    .hint = For example '0:4, :, 2'.
    .title = Invalid slice
slice-index = The slice '{ $slice }' does not fit: index { $index } is outside a dimension of size { $size }.
    .hint = For example '0:4, :, 2'.
    .title = Invalid slice
slice-step = The slice '{ $slice }' does not fit: the step of a slice is not zero.
    .hint = For example '0:4, :, 2'.
    .title = Invalid slice
no-direction = There is no direction.
    .hint = Give "directions": {"{"}"x": [1, 0]{"}"}.
    .title = Invalid request
no-png = The package that draws PNG pictures is not installed.
    .hint = pip install 'tidegraph[png]', or take the picture as SVG.
    .title = No PNG here
limit-exceeded = The { $quantity } of this request would be { $value } { $unit }; this server allows { $limit }.
    .title = Limit exceeded
quantity-operators = operators
quantity-elements-per-array = elements per array
quantity-memory = memory
quantity-work = work
quantity-body = body
quantity-nodes = nodes
quantity-graph-to-be-split = graph to be split
quantity-graph-to-be-edited = graph to be edited
quantity-program-length = program length
quantity-slice = slice
quantity-passes = passes
unit-operators = operators
unit-elements = elements
unit-bytes = bytes
unit-floating-point-operations = floating-point operations
unit-nodes = nodes
unit-characters = characters
unit-passes-one-a-row-or-column = passes, one for each row or column
unit-second = second
unit-minute = minute
unit-hour = hour
unit-day = day
split-smaller-graph = a program with fewer layers or iterations splits at the same places; { $setting } raises the limit
edit-smaller-graph = a program with fewer layers or iterations offers the same edits
invalid-json = The body is not JSON: { $reason }.
    .title = Invalid JSON
json-is-utf-8 = JSON is sent as UTF-8, without a byte order mark.
json-not-finite = NaN and infinities are the strings "NaN", "Infinity" and "-Infinity".
body-not-json = The body of this request must be JSON.
    .hint = Send it with the header Content-Type: application/json.
head-too-slow = The request did not arrive within { $seconds } s.
head-too-large = The address and the headers of a request may have { $limit } bytes.
not-http = { $reason }
cross-origin = { $reason }.
    .hint = Pages of other origins may send { $methods } with the headers { $allowed }.
    .title = Not Allowed
too-much-computing = Runs from this address took more than { $limit } s of computing in one { $unit }.
    .hint = Try again in { $seconds } s.
run-too-large = This run needs more than it may have: { $limit } { $quantity }.
    .hint = Use fewer iterations, smaller arrays or fewer results at once.
    .title = Limit exceeded
run-too-long = This run takes longer than { $seconds } s, which is what this server allows.
    .hint = Use fewer iterations, smaller arrays or fewer results at once.
    .title = Limit exceeded
run-cancelled = This run was stopped because nobody waits for its result.
worker-lost = The process that worked on this run ended unexpectedly.
    .hint = Try again in { $seconds } s.
busy = No run could start within { $waited } s.
    .hint = Try again in { $seconds } s.
spent-operators = operators in all derived graphs
spent-statements = statements, counting every iteration
spent-evaluations = evaluations of operators
spent-work = floating-point operations
spent-memory = bytes of arrays at once
spent-response = bytes in the answer
spent-steps = steps with equations
too-many-requests = More than { $limit } requests in a { $unit } came from this address.
    .hint = Try again in { $seconds } s.
body-too-slow = The body did not arrive within { $seconds } s.
gzip-broken = The body cannot be unpacked: { $reason }.
    .title = Invalid gzip
gzip-cut-off = The gzip data in the body ends too early.
    .title = Invalid gzip
unknown-content-encoding = The body has a content encoding that this server does not know.
    .hint = Send it as it is, or with Content-Encoding: gzip.
too-many-runs = { $count } runs are under way or waiting already.
    .hint = Try again in { $seconds } s.
value-too-deep = The value of { $name } is not an array of numbers: it is nested too deeply.
    .hint = An array has at most { $most } axes.
    .title = Invalid value
value-unknown-object = The value of { $name } is not an array of numbers: it is an object.
    .hint = Give {"{"}dtype, shape, base64{"}"} with one of { $dtypes }, or {"{"}npy{"}"}.
    .title = Invalid value
value-not-numbers = The value of { $name } is not an array of numbers: its elements are { $dtype }.
    .hint = Give numbers.
    .title = Invalid value
value-unreadable = The value of { $name } is not an array of numbers: its bytes cannot be read ({ $reason }).
    .hint = Check dtype, shape and base64.
    .title = Invalid value

## Errors: the program language

and-on-variables = and, or need values known at parse time; a variable's value is known only when the graph runs
    .hint = write { $corrected }, or { $operator }(a, b)
arguments-do-not-fit = the arguments do not fit { $name }
array-too-large = an array of shape { $shape } is too large
assertion-fails = this does not hold: { $text }
    .hint = change the sizes so that it holds
attribute-not-assigned = { $name } cannot be assigned
    .hint = give the result a name of its own: y = ...
axis-must-be-named = { $name } takes the axis by name
    .hint = { $name }(x, axis={ $axis }); { $name }(a, b) compares two arrays element by element
backward-is-a-statement = backward() returns nothing
    .hint = write it on a line of its own: loss.backward()
backward-of-constant = this is a number, which has no gradient
    .hint = call backward() on the result of a computation: loss.backward()
bars-are-no-brackets = an absolute value is written abs(...)
    .hint = { $corrected }
block-not-indented = the lines below a colon are indented
    .hint = indent the block by four spaces
block-without-colon = the colon at the end of the line is missing
    .hint = the line ends with a colon: { $corrected }
bracket-missing = the brackets do not match
    .hint = { $corrected }
bracket-never-closed = the bracket { $bracket } is never closed
    .hint = add the closing bracket
bracket-never-opened = the bracket { $bracket } does not match an opening one
    .hint = remove it, or open it before
caret-is-no-power = ^ is not a power
    .hint = a power is written **: x**2
character-not-in-language = the character { $character } is not part of the language
    .hint = delete it, or write what it stands for: * for a product, ** for a power
classes-must-be-given = the number of classes is known only when the graph runs
    .hint = name it: one_hot(y, num_classes=10)
declaration-called = a declaration has a colon and square brackets
    .hint = { $corrected }
def-without-result = { $name } has no result
    .hint = end the def with return
division-by-zero = this divides by zero
draw-outside-declaration = { $name }() only initialises a declaration
    .hint = { $variable }: parameter[3] = { $name }()
draw-takes = { $count ->
    [0] { $name }() takes no numbers
    [one] { $name } takes at most one number
   *[other] { $name } takes at most { $count } numbers
  }
draw-takes-numbers = { $name } takes numbers, not { $given }
equals-twice = == compares; an assignment has one =
    .hint = { $corrected }
expression-not-in-language = this expression is not part of the language
    .hint = use numbers, names, + - * / ** @, comparisons, slices, lists, calls of operators
factorial-not-here = ! is not a factorial
    .hint = the factorial of x is exp(lgamma(x + 1)): { $corrected }
function-of-equals = a formula is assigned to a name, not to a call
    .hint = { $corrected }, or a def: def f(x): return ...
function-without-brackets = the operand of a function stands in brackets
    .hint = { $corrected }
given-twice = { $name } is given { $argument } twice
global-not-here = global and nonlocal are not part of the language
    .hint = return the value, and assign the result: x = f(x)
gradient-by-itself = { $name } is not needed: every gradient is computed
    .hint = remove this; the gradient of each variable is shown beside its value
groups-do-not-divide = { $groups } groups do not divide { $inputs } input and { $outputs } output channels
heads-do-not-divide = { $features } features do not divide into { $heads } heads
if-on-variable = the condition { $test } depends on the value of the variable { $name }, which is known only when the graph runs
    .hint = where({ $test }, { $a }, { $b }) chooses element by element
in-place-method = { $name }() would change an array, and arrays never change
    .hint = { $variable } = { $variable }.{ $plain }(...)
index-outside = the index { $index } is outside an array of shape { $shape }
key-not-plain = a key is a text or a number
keyword-as-name = lambda is a keyword, not a name
    .hint = { $corrected }
keyword-not-here = { $word } is a keyword and cannot stand here
    .hint = use another name: { $word }_1
latex-command-not-read = { $command } is not read in a line of LaTeX
    .hint = write the line in the program language: y = sum(x**2) / 2, sqrt(x), exp(-x)
latex-not-read = this line of LaTeX is not understood
    .hint = write the line in the program language: L = (w*x - y)**2 / 2
layer-size = { $argument } of { $name } is a whole number, not { $size }
library-called = { $name } is a library, not a function
    .hint = call one of its functions: { $name }.exp(x)
line-not-in-language = this line is not part of the language
line-of-language = a line is a declaration, x: input[4], an assignment, y = x * 2, or begins a block: def, for, if
list-too-long = this list has more than { $limit } elements
    .hint = use an array: x: input[1000]
list-without-commas = elements of a list are separated by commas
    .hint = { $corrected }
loop-without-else = a loop has no else
    .hint = write the lines after the loop
mask-index = { $x }[{ $mask }] has a shape that is known only when the graph runs
    .hint = where({ $mask }, { $x }, 0.0) keeps the shape
method-axis-ambiguous = { $x }.{ $name }({ $axis }) has an axis in NumPy, and gives values and indices in PyTorch
    .hint = { $x }.{ $name }(axis={ $axis }) for NumPy's; { $x }.{ $name }(dim={ $axis }) for PyTorch's; { $elementwise }({ $x }, { $axis }) element by element
method-not-called = { $name } is a method
    .hint = { $corrected }
method-of-list = a list has no method { $name }
    .hint = make an array of the list first: { $corrected }.{ $name }()
module-without-forward = { $name } cannot be called
    .hint = give its class a method forward, or call the layers inside it
must-be-known = the value of { $name } must be known at parse time, and a variable's value is known only when the graph runs
    .hint = use a number, a name of a number, or a size: x.shape[0]
names-and-values = { $names ->
    [one] one name
   *[other] { $names } names
  } and { $values ->
    [one] one value
   *[other] { $values } values
  }
    .hint = as many names on the left as values on the right
needs-argument = { $name } needs { $argument }
    .hint = def { $name } is at line { $at }
no-argument = { $name } has no argument '{ $argument }'
no-attribute = .{ $name } is not part of the language
    .hint = { $attributes } are
no-axes-to-index = { $thing } has no axes to index
no-decorators = this decorator is not part of the language
    .hint = remove the line that begins with @
no-first-value = { $name } does not initialise a declaration
    .hint = one of { $draws }: W: parameter[3] = normal(0, 0.1)
no-length = { $thing } has no length
no-recursion = { $name } calls itself without end
    .hint = a graph has no recursion on variables; use a for loop
no-such-argument = { $name } has no argument '{ $argument }'
no-such-attribute = there is no attribute { $name } here
no-such-element = there is no element { $index }: { $count ->
    [0] the list is empty
    [one] the list has one element
   *[other] the list has { $count } elements
  }
no-such-key = there is no key '{ $key }'
no-such-number = { $number } is not a number of the language
    .hint = numbers are real: 2.5, 1e-3
no-such-part = { $module } has no attribute { $name }
no-such-role = { $role } is not a role
    .hint = after the colon write input, target or parameter: x: input[4]
norm-ambiguous = norm({ $x }, { $order }) is the norm of the matrix in NumPy, and of its elements in torch.norm
    .hint = np.linalg.norm({ $x }, { $order }), or torch.norm({ $x }, { $order })
not-a-dict = ** takes a dict
not-a-function-here = { $name } is not a function here
    .hint = define it: def { $name }(x): return ..., or write a product with *
not-a-number = { $thing } is not a number
not-an-array = { $thing } is not an array
not-an-operator = { $name } is not an operator
not-callable = { $thing } cannot be called
not-comparable = { $a } and { $b } cannot be compared
not-in-class = this is not part of a class here
    .hint = a class has methods: def __init__(self), def forward(self, x)
not-iterable = { $thing } has no elements to loop over or to unpack
    .hint = loop over range(3), a list, or an array
not-numbers = { $text } is not a number or a list of numbers
not-on-variable = not needs a value known at parse time
    .hint = ~({ $text }), or logical_not({ $text })
not-used-like-this = { $name } cannot be used like this
nothing-to-compare = { $name } needs at least one element
number-not-real = this number is not real
number-too-large = this number is too large
    .hint = whole numbers go up to 9.2e18; write a larger one as 1e30
number-too-long = this number has { $digits } digits, which is too long
    .hint = write it as a power of ten: 7.8e30
only-names-declared = only a name can be declared
    .hint = x: input[4]
only-names-here = only a name, an element or an attribute can be assigned
    .hint = y = ..., y[0] = ..., a, b = ...
optimizer-not-here = { $name } updates parameters, and a program only computes
    .hint = remove it; the Train panel, and /train, update the parameters with a learning rate you choose
outside-domain = { $name } is not defined here
pad-ambiguous = pad({ $x }, { $width }) pads every axis in NumPy, and the last axis in PyTorch
    .hint = np.pad({ $x }, { $width }) or pad_width={ $width }; F.pad({ $x }, { $width }) or pad={ $width }
pad-mode = there is no mode { $mode }
    .hint = one of { $modes }
pad-pairs = { $count ->
    [one] one number does not pad { $axes } axes
   *[other] { $count } numbers do not pad { $axes } axes
  }
    .hint = a pair for each axis, the last axis first: F.pad(x, (1, 1))
padding-mode-not-here = padding_mode='{ $mode }' is not available
    .hint = pad before the layer: F.pad(x, (1, 1), 'reflect')
part-of-no-size = a part has at least one element
parts-do-not-add-up = parts of { $sizes } have { $total } elements together, the axis has { $length }
product-without-sign = a product is written with *
    .hint = write *: { $corrected }
program-raises = the program raises an error: { $text }
range-of-numbers = these are not numbers of a range
    .hint = arange(0, 1, 0.1), linspace(0, 1, 5), randint(0, 10, (3,))
range-of-whole-numbers = a range is made of whole numbers, and its step is not zero
    .hint = range(3), range(1, 3), range(3, 0, -1)
ragged = rows have different lengths
    .hint = every row needs the same number of elements
recurrent-input = the input has shape { $shape }; it must be steps x batch x { $size }
    .hint = steps x { $size } for one sequence; batch_first=True for batch x steps x { $size }
repeat-ambiguous = { $x }.repeat({ $count }) repeats each element in NumPy, and the whole array in PyTorch
    .hint = { $tiled } repeats the whole array (PyTorch); { $each } repeats each element (NumPy)
result-never-used = this result is never used
    .hint = assign it to a name: { $corrected }
return-outside-def = return stands outside a def
    .hint = assign the result to a name: y = ...
round-brackets = sizes stand in square brackets
    .hint = { $corrected }
sign-of-another-language = this sign is not part of the language
    .hint = { $corrected }
size-not-whole = a size is a whole number, not { $size }
    .hint = x: input[4] or W: parameter[5, 4]
slice-ends-known = the ends of a slice must be known at parse time
    .hint = x[i] takes the elements at an index i
split-ambiguous = split({ $x }, { $parts }) gives the number of parts in NumPy, and the size of a part in PyTorch
    .hint = torch.split({ $x }, { $parts }) or split({ $x }, { $parts }, dim=0) for the size of a part; np.split({ $x }, { $parts }) or split({ $x }, { $parts }, axis=0) for the number of parts
statement-not-in-language = this statement is not part of the language
    .hint = use declarations, assignments, def, class, for, while, if
t-of-matrix = t() transposes a matrix, and this has shape { $shape }
    .hint = x.transpose(-1, -2), or x.mT
takes-operands = { $name } takes { $takes ->
    [one] one operand
   *[other] { $takes } operands
  }, not { $given }
target-not-scalar = the target { $name } has shape { $shape }; only a scalar can be differentiated
    .hint = sum({ $name }), mean({ $name }), or dot(v, { $name }) with a seed v
text-before-line = the text before the line is not part of it
    .hint = { $corrected }
text-never-closed = the quotes are never closed
    .hint = add the closing quote
thing-dict = a dict
thing-function = the function { $name }
thing-library = the library { $name }
thing-list = a list
thing-module = this object
thing-nothing = None
thing-number = the number { $number }
thing-text = the text '{ $text }'
thing-variable = a variable
too-many-arguments = { $name } takes { $takes ->
    [0] no arguments
    [one] one argument
   *[other] { $takes } arguments
  }, not { $given }
too-many-axes = { $count } axes are too many
    .hint = at most 32
too-many-operators = the graph has more than { $limit } operators
    .hint = use fewer iterations
too-many-statements = the program runs more than { $limit } statements without building as many operators
    .hint = use fewer iterations
transpose-fits = it fits once transposed: { $product }
truth-of-array = an array of several elements has no truth value
    .hint = compare sizes: if x.shape[0] > 2, or use where(condition, a, b)
try-not-here = try is not part of the language
    .hint = write the lines of the block alone
tuple-does-not-change = a tuple does not change
    .hint = use a list: [a, b]
unexpected-indent = this line is indented, and no block begins above it
    .hint = align it with the line above
unknown-in-library = { $name } is not available
    .hint = the operator reference lists every function
unknown-layer = the layer { $name } is not known
    .hint = use one like nn.Linear, nn.Conv2d, nn.LSTM, nn.ReLU, or write it with operators
unknown-sign = this sign is not part of the language
    .hint = use + - * / // ** @ % and comparisons
update-at-variable = the index is known only when the graph runs
    .hint = { $name } = where(mask, value, { $name }) with a condition of the same shape
update-not-here = { $name } is not assigned: updates belong to training
    .hint = the Train panel, and /train, update the parameters with a learning rate
update-shape = the value has shape { $shape }, the elements that it replaces have shape { $region }
variable-called = { $name } is not a function
    .hint = a product is written with *: { $corrected }
while-on-variable = the condition { $test } depends on the value of the variable { $name }, which is known only when the graph runs
    .hint = use a number of steps: for i in range(10), and where({ $test }, a, b) inside
with-not-here = with { $text } is not part of the language
    .hint = write the lines of the block alone
write-instead = write { $text }

## Warnings: the program language

attribute-not-differentiated = { $name } is the setting { $argument } of { $operator }, which is not differentiated: { $name } has no gradient
backward-twice = backward() is called again; the last call sets the target
column-beside-vector = a column of shape { $column } and a vector of shape { $vector } are broadcast to { $size } x { $size }; to add element by element, reshape one of them: x[:, 0] or b[:, None]
declared-twice = { $name } is declared again; line { $line } declares it already, and this makes a second variable
median-of-even = median takes the mean of the two middle elements of { $count }, as NumPy does; torch.median takes the lower one
sigmoid-before-loss = binary_cross_entropy_with_logits applies the sigmoid itself; give it the logits, not their sigmoid
softmax-before-cross-entropy = cross_entropy takes logits and applies the softmax itself; here it gets a softmax
spread-divides-by-n = { $name } divides by n, as NumPy does; PyTorch divides by n - 1: torch.{ $name }(x), or dim=...
