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
