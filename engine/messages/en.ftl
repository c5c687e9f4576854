### English: every text that Tidegraph writes. docs/messages.md says how to add one, CONTRIBUTING.md how to add a language.
### A message of an error has the attribute `.hint`: what would be right, as text that can be used.

language-name = English

## General

list-separator = ,{" "}
list-and = { $names } and { $last }
list-or = { $names } or { $last }

## Parts of errors

operands = { $shapes }
has-shape = { $name } has shape { $shape }
in-node = node { $name }
at-line = line { $line }
at-line-of = line { $line }, { $names }
in-context = { $context }: { $problem }
fed = fed: { $names }
did-you-mean = did you mean { $name }?
one-of = one of { $names }

## Errors: the program

nested-too-deeply = the program is nested too deeply
    .hint = split the expression into several lines
unknown-theme = there is no theme { $theme }
    .hint = light or dark
unknown-name = { $name } is not defined
    .hint = define it above, { $name } = 2, or declare it, { $name }: input

## Errors: shapes and operators

does-not-broadcast = axis { $axis } has sizes { $sizes }, which do not broadcast
    .hint = sizes must be equal or 1, counted from the last axis
prelu-weight = the weight of prelu has shape { $shape }
    .hint = one number, or { $channels } for the channels
gelu-approximate = gelu has no approximation { $given }
    .hint = approximate="none" or approximate="tanh"
not-whole-numbers = { $name } must be whole numbers, not { $given }
below-least = { $name } is at least { $least }, not { $given }
not-in-range = { $name } is from { $least } to { $most }, not { $given }
not-one-whole-number = { $name } is one whole number, not { $given }
axes-reversed = axis { $start } comes after axis { $end }
moveaxis-axes = source and destination must name the same number of distinct axes
concatenate-scalars = a scalar has no axis to join along
    .hint = stack((a, b)) makes a vector of scalars
repeat-count = repeats has { $count } numbers for an axis of size { $size }
roll-count = shift has { $count } numbers and axis { $axes }
unknown-mode = mode { $mode } is not known
squeeze-axis = axis { $axis } has size { $size }, and only an axis of size 1 can be removed
concatenate-shapes = { $a } and { $b } differ in more than axis { $axis }
split-axis = axis { $axis } has size { $size }, which is not a multiple of { $count }
pad-width = pad_width is a number, a pair, or { $axes } pairs, not { $given }
pad-empty-axis = axis { $axis } is empty: there is nothing to fill a margin with
causal-mask-shape = causal_mask needs scores of shape [queries, keys], not { $shape }
attention-axes = attention needs queries, keys and values of shape [..., length, features]
attention-features = queries have { $queries } features, keys have { $keys }
attention-keys = there are { $keys } keys and { $values } values
multi-head-axes = multi_head_attention needs queries, keys and values of shape [length, batch, features]
attention-heads = { $features } features do not divide into { $heads } heads
in-proj-weight = in_proj_weight stacks three matrices of { $features } rows and columns; it has shape { $shape }
mask-shape = the mask has shape { $mask }, the scores have shape { $scores }
label-shape = the labels have shape { $labels }; scores of shape { $scores } need labels of shape { $needed }
no-classes = there are no classes to choose from
unknown-label = there is no label { $label } among { $count } classes
    .hint = labels go from 0 to { $last }
class-weights = the class weights have shape { $shape }; there are { $classes } classes
cross-entropy-scalar = cross_entropy needs a score for each class, not a scalar
label-smoothing = label_smoothing is between 0 and 1, not { $given }
multi-margin-scores = multi_margin_loss needs a batch of scores, not shape { $shape }
margin-p = p is 1 or 2, not { $given }
convolution-axes = a convolution needs x of shape [..., channels, sizes] and w of shape [features, channels, kernel]
convolution-groups = { $channels } channels and { $features } features do not divide into { $groups } groups
transposed-convolution-axes = a transposed convolution needs x of shape [..., channels, sizes] and w of shape [channels, features, kernel]
kernel-channels = x has { $channels } channels, the kernel expects { $expected }
convolution-windows = y has { $windows } windows, and the kernel fits { $fits } times
convolution-more-axes = x and y need channels and { $axes } more axes
convolution-result = y has shape { $y }; a convolution of shape { $x } has shape { $result }
bias-shape = the bias has shape { $shape }; the result has { $channels } channels
kernel-axes = { $name } needs a kernel of { $axes } axes, not of shape { $shape }
batch-channels-axes = { $name } needs a batch, channels and { $axes } more axes, not shape { $shape }
padding-same-stride = padding "same" needs a stride of 1
unknown-padding = padding { $padding } is not known
    .hint = "same", "valid" or one number for each axis
output-padding = output_padding must be smaller than the stride or the dilation
recurrence-shapes = recurrence needs equal shapes, not { $a } and { $b }
not-an-array = { $value } is not an array
    .hint = nested lists need rows of equal length
several-arrays = one array is needed here, not { $count }
    .hint = stack((a, b)) makes one of several
axis-not-whole = an axis is a whole number, not { $given }
axis-twice = axis { $axis } names an axis twice
shape-not-whole = a shape is made of whole numbers of at least { $least }, not { $given }
not-a-number = { $name } is a number, not { $given }
operand-count = { $name } takes { $count ->
    [one] { $count } operand
   *[other] { $count } operands
    }, not { $given }
argument-twice = { $name } is given { $argument } twice
argument-missing = { $name } needs { $argument }
attribute-not-bool = { $argument } of { $name } is True or False, not { $given }
attribute-not-number = { $argument } of { $name } is a number, not { $given }
unknown-argument = { $name } has no argument { $argument }
attribute-not-known = { $argument } of { $name } must be known before anything runs
cofactor-shapes = cofactor_slope needs two square matrices of one size, not shapes { $a } and { $b }
solve-rows = the matrix has { $rows } rows and the right side has { $right }
einsum-subscripts = the subscripts are text, not { $given }
    .hint = einsum("ij,jk->ik", A, B)
einsum-operands = { $subscripts } names { $named } operands, and { $given } are given
einsum-result = the result { $result } has a label that no operand has, or the same label twice
einsum-ellipsis = the axes under an ellipsis stay: write ... in the result too
einsum-letters = { $part } is not made of letters
    .hint = labels are letters, as in ij,jk->ik
einsum-axes = { $part } does not label the { $axes } axes of an operand
einsum-sizes = label { $label } has sizes { $first } and { $second }
derivative-order = the order of a derivative is a whole number from 0 to 40, not { $given }
extreme-of-nothing = an empty array has no largest or smallest element
index-out-of-range = { $index } is not an index of an axis of size { $size }
    .hint = whole numbers from 0 to { $last }
computed-mask = a mask that is computed leaves the result's size open
    .hint = use where(mask, x, 0)
index-empty-axis = an axis of size 0 has nothing to index
index-add-source = the indices must be a vector and the source must have shape { $wanted }, not { $shape }
gather-shape = the indices have shape { $indices } and must fit into { $shape } in every axis except axis { $axis }
scatter-shape = the source has shape { $source } and the indices have shape { $indices }; they must be equal
take-along-axes = the array has shape { $shape } and the indices have shape { $indices }: they need equally many axes
take-each-operands = take_each needs an array and an index for each of the axes
take-each-axes = { $count } indices need { $count } axes in ascending order, not { $axes }
embedding-weight = the weight has shape { $shape } and must be a matrix
    .hint = one row for each index
does-not-broadcast-two = axis { $axis } has sizes { $first } and { $second }, which do not broadcast
linear-weight = linear needs a weight of shape [outputs, inputs], not { $shape }
linear-inputs = x has shape { $shape }; its last axis must have the { $inputs } inputs of the weight
    .hint = x: input[..., { $inputs }], or a layer of { $given } inputs: nn.Linear({ $given }, ...)
bilinear-weight = bilinear needs vectors and a weight of shape [outputs, inputs1, inputs2], not { $shape }
batches-differ = the batches { $a } and { $b } differ
glu-axis = glu halves an axis, and axis { $axis } has { $size } elements
dropout-p = p is a probability, not { $given }
seed = a seed is a whole number of at least 0, not { $given }
matmul-scalar = matmul needs vectors or matrices, and one operand is a scalar
    .hint = use * to scale
inner-sizes = inner sizes { $left } and { $right } differ
tensordot-axes = axes { $first } of shape { $a } and axes { $second } of shape { $b } do not pair
diagonal-axes = a diagonal runs over two different axes
diag-shape = diag needs a vector or a matrix, not shape { $shape }
    .hint = diagonal(x) takes batches
triangle-shape = a triangle is part of a matrix, and this has shape { $shape }
tensordot-axes-form = axes is a number, or the axes of the first operand and those of the second
tensordot-too-few-axes = { $a } and { $b } have no { $count } axes to sum over
cross-axis = a vector product needs vectors of 3 elements, and axis { $axis } has { $size }
unknown-reduction = reduction { $reduction } is not known
equal-shapes = { $name } needs equal shapes, not { $shapes }
squared-error-shapes = squared_error needs equal shapes, not { $o } and { $y }
variance-shape = variances of shape { $variances } do not fit means of shape { $means }
cosine-labels = two equal batches of vectors need one label for each pair, not labels of shape { $shape }
triplet-scalars = triplet_margin_loss needs vectors
running-statistics = a running mean and variance of the { $channels } channels are needed
    .hint = or training=True
batch-norm-axes = batch_norm needs a batch and channels, not shape { $shape }
instance-norm-axes = instance_norm needs a batch, channels and more axes, not shape { $shape }
layer-norm-axes = the last axes of { $shape } are not { $last }
group-norm-axes = group_norm needs a batch and channels, not shape { $shape }
local-response-axes = local_response_norm needs a batch, channels and more axes, not shape { $shape }
norm-parameter-shape = the { $name } has shape { $shape }; the normalised axes have shape { $wanted }
norm-order = { $order } is not an order of a matrix norm
    .hint = None, "fro", "nuc", 1, -1, 2, -2, inf, -inf
window-axes = a window over { $axes } axes does not fit { $shape }
nothing-to-pool = there is nothing to pool in { $shape }
pool-padding = padding { $padding } is more than half of the window { $window }
pool-averages = the averages have shape { $shape }, and the window fits { $fits } times
gate-rows = { $name } stacks { $count } gates; it has shape { $shape }, whose rows are not a multiple of { $count }
unknown-nonlinearity = nonlinearity { $given } is not known
    .hint = "tanh" or "relu"
too-many-parts = at most { $most } parts are made at a time, not { $given }
too-many-chosen = at most { $most } elements are chosen at a time, not { $given }
resample-arguments = resampling needs a step for each size, and nearest, linear or area for a mode
resample-shape = { $shape } cannot be resampled to { $sizes }
interpolate-size = interpolate needs either size or scale_factor
    .hint = scale_factor=2
scale-factor = scale_factor is one positive number or { $count }, not { $given }
scaled-to-nothing = { $sizes } scaled by { $factor } has no elements
    .hint = use a larger scale_factor
interpolate-axes = interpolate needs a batch, channels and more axes, not shape { $shape }
unknown-mode-for-axes = mode { $mode } is not known for { $axes } axes
output-size-count = output_size has { $count } numbers for { $axes } axes
upscale-factor = upscale_factor is a whole number of at least 1, not { $given }
pixel-shuffle-shape = pixel_shuffle needs a multiple of { $factor } channels before two axes, not shape { $shape }
decimals = decimals is a whole number from -300 to 300, not { $given }
two-open-sizes = only one size may be -1
reshape-elements = { $shape } has { $elements } elements and does not fit { $wanted }
transpose-axes = axes are a tuple with every axis of { $shape }, not { $axes }
transpose-permutation = axes { $axes } is not a permutation of { $count } axes
broadcast-to = { $shape } does not broadcast to { $wanted }
sum-to = { $shape } is not a broadcast of { $wanted }
stack-shapes = stack needs equal shapes, not { $shapes }
put-shape = the index selects shape { $selected }; the input has shape { $shape }
not-an-index = { $index } is not an index
    .hint = an index is a whole number, a slice such as 0:2, ..., None, or an array of whole numbers or of truth values
slice-step-zero = the step of the slice { $index } is 0
    .hint = a step is a whole number other than 0
two-ellipses = an index has one ellipsis at most
    .hint = x[..., 0]
mask-does-not-fit = the mask has shape { $mask }; the axes that it chooses from have shape { $shape }
indices-do-not-broadcast = the indices have shapes { $shapes }, which do not broadcast
topk-k = k is a whole number from 0 to { $most }, the size of the axis, not { $given }
median-of-nothing = an empty array has no median
polygamma-n = n is a whole number from 1 to 100, not { $given }
    .hint = digamma(x) is the function that it differentiates
numbers-for-axes = { $name } has { $count } numbers for { $axes } axes
window-numbers = { $name } must be whole numbers of at least { $least }, not { $given }
unfold-axes = unfold needs a batch, channels and { $axes } more axes, not shape { $shape }
fold-axes = fold needs a batch, rows and columns, not shape { $shape }
fold-rows = { $rows } rows are not a multiple of the { $elements } elements of a window
fold-columns = x has { $columns } columns, and the window fits { $fits } times into { $shape }
window-too-large = a window of { $window } does not fit an axis of { $size }
    .hint = add padding or use a smaller kernel
channel-groups = { $channels } channels do not divide into { $groups } groups
kernel-channels-in-groups = x has { $channels } channels in { $groups } groups, the kernel expects { $expected }
attribute-not-positive = { $name } is positive, not { $given }
attribute-not-scalar = { $argument } of { $name } is one number, not an array of shape { $shape }
axis-out-of-range = axis { $axis } is out of range for { $count } axes
    .hint = axes go from 0 to { $last }
svd-full-matrices = svd gives as many vectors as singular values, not a full basis of a matrix of shape { $shape }
    .hint = torch.linalg.svd(A, full_matrices=False), np.linalg.svd(A, full_matrices=False)
layer-option = { $layer } with { $option } is not available
    .hint = leave { $option } out
factor-not-triangular = { $name } reads one triangle of its factor, and PyTorch gives both a gradient
    .hint = name the triangle: { $triangle }(L), or take the factor from cholesky(A)
too-many-indices = { $axes ->
        [0] a scalar has no axes to index
        [1] { $count } indices for one axis
       *[other] { $count } indices for { $axes } axes
    }
axis-of-scalar = axis { $axis } is out of range: a scalar has no axes
    .hint = declare an array: x: input[3]
einsum-order = the operands of { $subscripts } cannot be brought together
    .hint = write a product of two operands at a time
square-matrix-needed = { $name } needs a square matrix or a stack of them, not { $shape }
matrix-needed = { $name } needs a matrix or a stack of them, not { $shape }

needs-an-array = { $name } needs at least one array
needs-shape = { $name } needs the shape { $needed }; here it is { $shape }
option-not-known = { $option } is { $given }, which is not known
    .hint = { $known }
do-not-fit = { $name }: the shapes { $left } and { $right } do not fit
length-not-valid = { $name } has the length { $given }; it must be from { $least } to { $most }
## Errors: code for other frameworks

unknown-framework = there is no code for { $name }
    .hint = one of { $names }
needs-package = the package { $package } is not installed
    .hint = pip install "tidegraph[{ $extra }]"
moment-beyond = There is no moment { $moment }: this run has { $most } steps.
    .hint = Give a moment from 0 to { $most }.
film-too-long = A run of { $count } steps is too long for a film.
    .hint = At most { $most } steps are filmed: close scopes, or export a page (.html).
no-browser = Neither Chrome nor Chromium is installed.
    .hint = Install one of them, or run: playwright install chromium
no-spelling = { $framework } has nothing that computes { $name } with these arguments
    .hint = export to NumPy: it has a spelling for every operator

## Errors: values and options

unknown-variable = there is no variable '{ $name }'
value-shape = { $name } has shape { $shape }; the value given has shape { $given }
    .hint = as many numbers as the shape has, or another shape: { $name }: input[...]
unknown-size = the program has no size '{ $name }'
size-at-least-1 = the size { $name } is a whole number of at least 1, not { $given }
not-a-minibatch-size = '{ $name }' is not the size of a minibatch
    .hint = name the size of the minibatch: n = 8, X: input[n, 2]
computed-not-moved = { $name } is computed
    .hint = only declared variables can be moved
nothing-to-recompute = there is nothing to compute again
    .hint = the target is a declared variable
too-many-segments = { $operators } operators cannot be cut into { $segments } segments
no-parameter-to-differentiate = there is no parameter to differentiate with respect to
    .hint = declare a parameter: W: parameter[3]
hessian-too-large = the Hessian of { $parameters } parameters has { $entries } entries
    .hint = up to { $most } parameters; for more use Hessian-vector products
hessian-not-finite = the Hessian is not finite here
    .hint = choose other values
not-a-parameter = { $name } is computed; it is not a parameter
    .hint = one of { $names }
unknown-derivative-order = there is no derivative order { $level } to draw
hessian-graph-too-large = the graph of the whole Hessian would have about { $operators } operators: one Hessian-vector product for each of { $parameters } parameters
    .hint = up to { $most } are drawn; the Hessian-vector product is one of these copies
not-a-float-leaf = { $name } is not a declared float variable
    .hint = one of { $names }
direction-shape = { $name } has shape { $shape }; the direction has shape { $direction }
attribute-data = an attribute cannot be { $value }
    .hint = a number, a string, a list, or a tagged slice or array
graph-data-malformed = the graph's data is malformed: { $kind } { $reason }
    .hint = see the trace's own graph
duplicate-node = two nodes have the same id
edge-between-alike = the edge from { $source } to { $target } joins two nodes of the same kind
    .hint = edges run between variables and operators
port-connected-twice = port { $port } of { $name } is connected twice
cycle = the graph has a cycle through { $name }
    .hint = a computational graph is acyclic
unknown-node-role = { $name } has the role { $role }
    .hint = input, target, parameter or constant
impossible-shape = { $name } has the impossible shape { $shape }
initial-value-shape = { $name } has shape { $shape }; its value has shape { $given }
node-unknown-operator = { $name }: there is no operator { $op }
node-composite-operator = { $name }: { $op } is made of other operators
    .hint = list those, and the scope around them
unknown-scope = there is no scope { $name }
scope-inside-itself = the scope { $name } lies inside itself
edge-without-node = an edge names { $name }, and there is no such node
computed-twice = { $name } is computed by two operators
no-such-output = { $name } has { $count } outputs; there is no output { $port }
port-not-connected = { $name }: port { $port } is not connected
    .hint = its ports are 0 to { $last }
target-not-float = the target { $name } is { $kind }, and only a float can be differentiated
size-has-no-gradient = { $name } has no gradient: the program uses it as a size or as an option
    .hint = another value of { $name } makes another graph
no-target = there is no scalar to differentiate
    .hint = end the program with a scalar, for example J = sum(y ** 2)
operators-out-of-order = operators are out of order: { $operator } comes before what it reads
nothing-to-split = there is nothing to split
    .hint = the target is a declared variable
device-count = the number of devices is a whole number of at least 1, not { $given }
devices-too-small = { $devices } devices of { $memory } bytes cannot hold the training step
    .hint = with { $devices } devices each needs { $least } bytes; use more devices or a smaller minibatch
latency-negative = latency is a number of at least 0, not { $given }
not-positive = { $name } is a number above 0, not { $given }
unequal-microbatches = { $examples } examples cannot be split into { $microbatches } equal microbatches
too-few-examples = { $examples } examples are not enough for { $devices } devices
nothing-to-shard = no matrix product with a parameter can be divided among { $devices } devices
unknown-dtype = dtype { $dtype } is not supported
    .hint = float64 or float32
unknown-keep = keep={ $given } is not known
value-not-all-numbers = { $name } must hold numbers only
    .hint = { $name } has shape { $shape }
value-rows-differ = { $name }: rows have different lengths
    .hint = { $name } has shape { $shape }
size-is-fixed = { $name } is a size, fixed when the program is read
    .hint = change it in the program
computed-not-set = { $name } is computed and cannot be set
    .hint = set one of { $names }
picture-too-large = a picture of { $count } nodes would be illegible
    .hint = draw at most { $most }
unknown-data-set = there is no data set { $name }
example-count = a data set has 1 to { $most } examples, not { $given }
noise-negative = noise is a number of at least 0, not { $given }
class-count = { $name } has { $most ->
    [2] 2 classes
   *[other] 2 to { $most } classes
}, not { $given }
inputs-fixed = the number of inputs of { $name } is fixed
    .hint = blobs have as many as you like
table-empty = the table is empty
    .hint = one example a line: 0.5, 1.2, 1
table-without-examples = the table has names but no examples
    .hint = one example a line: 0.5, 1.2, 1
table-one-column = a table needs at least one input and a target column
    .hint = separate cells by commas
table-too-long = the table has { $count } examples, at most { $most } are read
unknown-column = there is no column { $name }
validation-share = the validation share is at least 0 and less than 1, not { $given }
minibatch-too-large = a minibatch of { $size } cannot be drawn from { $count } examples
    .hint = use 1 to { $count }
minibatch-too-large-held = a minibatch of { $size } cannot be drawn from { $count } examples; { $held ->
    [one] 1 more is
   *[other] { $held } more are
} kept for validation
    .hint = use 1 to { $count }, or keep fewer for validation
csv-line = line { $number }: { $reason }
    .hint = cells are numbers between commas
cell-not-a-number = line { $number }, column { $column }: { $cell } is not a number
    .hint = use words or numbers, not both
several-variables = several variables have the role { $role }: { $names }
    .hint = give each of the others a value: { $declaration }
fixed-batch = the program reads { $length } examples at a time, not { $batch }
    .hint = name the size: n = { $length }, { $name }: input[n, ...]
no-variable-to-feed = the program declares no { $role } to feed data to
    .hint = x: { $role }[n, 2]
example-axes-mixed = either every variable that is fed has an axis of examples, or none has
    .hint = fed: { $names }
loss-two-classes = the loss takes two classes in { $name }; the data have { $given } classes
    .hint = use another loss
loss-classes = the loss takes classes in { $name }; the data have real targets
    .hint = use a loss of real numbers
loss-more-classes = the data have { $classes } classes, the loss of { $name } tells { $most } apart
    .hint = give the last layer { $classes } outputs
not-of-role = the program declares no { $role } { $name }
not-fed = { $name } is not fed from data
no-such-axis = { $name } has shape { $shape }; it has no axis { $axis }
ambiguous-minibatch = several sizes could be the minibatch: { $names }
    .hint = keep the name of the minibatch, and write the other sizes as numbers
ambiguous-example-axis = { $name } has shape { $shape }: examples could lie along axis { $axes }
    .hint = name the size of the minibatch: n = { $size }
no-parameter-reached = { $name } depends on no parameter
    .hint = declare one: W: parameter[3, 2]
no-named-minibatch = the program names no size of a minibatch
no-prediction = the program has no prediction to show
    .hint = name it: output=...
setting-negative = { $setting } of { $name } is a number of at least 0, not { $given }
setting-one-or-more = { $setting } of { $name } is less than 1, not { $given }
unknown-setting = { $name } has no setting { $setting }
example-counts-differ = the variables read different numbers of examples: { $found }
    .hint = one example of the data has { $inputs ->
        [one] { $inputs } number
       *[other] { $inputs } numbers
    }
example-size = { $name } takes { $count } numbers an example, { $found }
    .hint = { $name } has shape { $shape } in each example
data-do-not-fit = { $name } has shape { $shape }, which does not fit { $data }
row-length = line { $number } has { $cells } cells, the first row has { $width }
    .hint = every row needs the same number of cells
cell-empty = line { $number }, column { $column }: the value is missing
    .hint = leave out the row, or fill in a number
cell-holds-text = line { $number }, column { $column }: the cell holds { $cell }, which is not a number
    .hint = inputs are finite numbers; leave out a column of words
state-lacks-parameter = the state has no parameter { $name }
state-lacks-moment = the state has no { $moment } of { $name }
unknown-optimiser = there is no optimiser { $name }
unknown-schedule = there is no schedule { $name }
## Errors: requests

not-found = There is nothing at { $path }.
method-not-allowed = { $path } does not answer { $method }.
http-error = { $reason }
invalid-request = { $faults }
    .title = Invalid request
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
no-contribution-in-run = This run has no contribution '{ $name }'.
    .title = Unknown variable
want-less = Name fewer arrays in want, or ask /api/v1/tensor for a slice.
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
no-path = No path leads from { $name } to { $target }.
    .hint = Name a variable that the target depends on.
    .title = No path
no-png = The package that draws PNG pictures is not installed.
    .hint = pip install 'tidegraph[png]', or take the picture as SVG.
    .title = No PNG here
limit-exceeded = The { $quantity } of this request would be { $value } { $unit }; this server allows { $limit }.
    .title = Limit exceeded
invalid-json = The body is not JSON: { $reason }.
    .title = Invalid JSON
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
spent-elements = elements per array
spent-statements = statements, counting every iteration
spent-evaluations = evaluations of operators
spent-work = floating-point operations
spent-memory = bytes of arrays at once
spent-response = bytes in the answer
spent-steps = steps with equations
host-count = A request has exactly one Host header; this one has { $count }.
host-invalid = The header Host does not name a host.
host-not-allowed = This server does not answer by this name.
    .hint = Its operator lists its names in TIDEGRAPH_ALLOWED_HOSTS.
not-an-address = This is not an address.
    .hint = An address begins with https:// and a host.
store-unavailable = The store of links and weights cannot be used now ({ $reason }).
    .hint = Try again in { $seconds } s; the operator finds the reason in TIDEGRAPH_DATABASE_URL and TIDEGRAPH_WEIGHTS_URL.
store-full = The store of links and weights is full.
    .hint = Its operator can remove old entries or raise the limit.
unknown-link = There is no link { $name }.
    .hint = POST /api/v1/links makes one.
weights-name = Weights are stored under sha256- and the 64 hexadecimal digits of their hash.
weights-hash = The bytes sent do not have the hash in the address.
    .hint = Compute SHA-256 over the whole file.
weights-unreadable = The body is not a safetensors file of numbers: { $reason }
unknown-weights = There are no stored weights { $name }.
    .hint = PUT /api/v1/weights/{ $name } stores them.
quantity-link = content
status-507 = Insufficient Storage
batch-set = set { $number } of the batch
value-shape-invalid = The value of { $name } is not an array of numbers: its shape is not a list of whole numbers from 0.
    .hint = For example "shape": [2, 3].
node-id-not-text = The id of a node is text.
no-program-to-execute = A cluster executes programs, and this request has a graph.
    .hint = Send program.
dask-not-set = This server has no cluster to execute on.
    .hint = Its operator sets { $setting } to the address of a Dask scheduler.
dask-not-installed = This server cannot speak to a cluster.
    .hint = pip install 'tidegraph[dask]'
dask-no-scheduler = The scheduler of the cluster does not answer.
    .hint = Try again in { $seconds } s.
dask-no-workers = The cluster has a scheduler and no workers.
    .hint = Try again in { $seconds } s.
dask-worker-lost = The workers that ran a part of this died, more than once.
    .hint = Send it again; if it happens again, the workers need more memory for it.
microbatches-do-not-add = The gradients of the microbatches do not add up to those of the minibatch.
    .hint = The loss must be a sum or a mean over the minibatch; without microbatches it is executed whole.
dask-failed = The cluster could not finish the work ({ $reason }).
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

## Errors: models
## Errors: teaching

question-too-long = the question has { $count } characters, more than { $most }
    .hint = a question is a few lines `key: text`
question-without-ask = the question has no line `ask:`
    .hint = ask: gradient of W1[0, 2]
question-line = this line of the question has no key: { $line }
    .hint = write `key: text`, such as `ask: value of z`; a case stands before the colon of `feedback` alone
question-unknown-key = a question has no key { $key }
    .hint = the keys are { $keys }
question-empty-key = nothing follows { $key }:
    .hint = write `key: text`, such as `hint: W1 reaches J along two paths.`
question-key-twice = { $key } is given twice
    .hint = only hint, feedback and choice may be repeated
question-unknown-kind = { $kind } cannot be asked
    .hint = what can be asked: { $kinds }
question-asks-nothing = the line `ask: { $kind } ...` is not complete
    .hint = ask: value of z; ask: gradient of W1[0, 2]; ask: paths from W1 to J; ask: memory of W1; ask: number sum(W1 ** 2)
question-thing = { $text } is neither a value nor a gradient
    .hint = value z, gradient W1, gradient W1[0, 2]
question-entry-index = an entry of { $name } needs its index
    .hint = ask: entry of { $name }[0]
question-no-entry = { $entry } does not exist: { $name } has shape { $shape }
    .hint = one index for each axis, counted from 0
question-formula-choices = { $count ->
        [0] a formula is asked, and there are no choices
        *[other] there are choices, and no formula is asked
    }
    .hint = ask: formula of gradient W1, then one line `choice: outer(gradient(z), x)` for each choice
question-choices-alike = { $count } of { $all } choices are right
    .hint = at least one choice must be right and at least one wrong; gradient(z) stands for a gradient, a bare name for a value
question-tolerance = { $text } is not a tolerance
    .hint = tolerance: 0.01, or tolerance: 5%
question-numbers = numbers are individual or shared, not { $text }
    .hint = numbers: individual, numbers: individual x, W1, or numbers: shared
question-feedback = { $case } is not a case of feedback
    .hint = feedback path-forgotten: ..., feedback 0: ..., feedback > 3: ..., feedback wrong: ..., feedback correct: ...
question-too-many-numbers = { $name } has { $count } numbers, more than { $most }
    .hint = ask for one entry: { $name }[0, 0]
question-sign-of-array = { $name } has shape { $shape }, and a sign belongs to one number
    .hint = ask: sign of { $name }[0]
question-no-gradient = { $target } has no gradient with respect to { $name }
    .hint = ask for a variable that { $target } depends on
question-expression = { $text } cannot be computed: { $problem }
    .hint = an expression of the program language over values and gradients: sum(W1 ** 2) + gradient(b)
question-nothing-next = no operator runs after { $moment }
unknown-moment = { $moment } is not a moment of a run
    .hint = { $forms }
moment-never-comes = the run never reaches { $moment }
    .hint = gradient of W1 is the moment at which the gradient of W1 is complete; part W1 s is what reaches W1 through s
moment-no-operator = { $operator } is applied { $count ->
        [one] once
        *[other] { $count } times
    } in this program
tour-without-stops = the tour has no stop
    .hint = write a heading `## Title` for each stop, then lines such as `at: value of z`, then its caption
tour-question-open = stop { $stop }: the fence of a question has no end, or a second question follows
    .hint = a stop has at most one question; inside a fence of three backticks, open and close it with ~~~, or put four backticks around the tour
tour-unknown-mode = a tour has no mode { $mode }
    .hint = { $modes }
tour-unknown-mark = stop { $stop }: there is nothing called { $name } in the graph
    .hint = marks are names of variables (W1), ids of operators (matmul:z) and scopes (l2)
tour-unknown-scope = stop { $stop }: there is no scope { $name }
    .hint = scopes are calls of a def, composite operators and loops
question-points = { $text } is not a number of points
    .hint = points: 2
assignment-name-twice = two questions are called { $name }
    .hint = give each question a name of its own: `name: q2`
assignment-gap-open = a gap begins with { $open } and does not end
    .hint = z = { $open } W1 @ x { $close }
assignment-link-gaps = an assignment with gaps is no link: the link would hold the solution
    .hint = hand out the program with its gaps: tidegraph grade assignment.txt --handout
assignment-link-nothing = the assignment asks nothing
    .hint = write questions below the program, each after a line `---`
submission-assignment = these are results of another assignment, or of an earlier version of this one
submission-no-answers = the submission has neither answers nor a program
    .hint = a JSON file with `answers`, the responses by the names of the questions, and perhaps `learner`
submission-not-json = the submission is not JSON: { $reason }
submission-signature = the signature does not match: the file was changed, or signed with another key
submission-unsigned = the submission is not signed
submission-python = this is a Python program, which runs only on request
    .hint = --run-python
submission-not-text = the file is not text in UTF-8
    .hint = save it as UTF-8
submission-python-failed = the Python program failed: { $reason }
submission-no-function = the Python program has no function loss_and_gradients
    .hint = def loss_and_gradients(values): ... return J, dict(W1=dW1)
answer-empty = there is no answer yet
    .hint = type an answer
answer-too-long = the answer has { $count } characters, more than { $most }
answer-number = { $given } is not a number
    .hint = 0.5, 1/2, -3, or for an array [[1, 2], [3, 4]]; a point separates the decimals
answer-whole-number = { $given } is not a whole number
    .hint = 12
answer-shape-form = { $given } is not a shape
    .hint = [5, 4], or [] for a single number
answer-sign = { $given } is not a sign
    .hint = +, - or 0
answer-no-choice = { $given } is none of the choices
    .hint = { $choices }

## Errors: building

build-one-step = one step is expected
    .hint = give exactly one of { $steps }
build-role = { $role } is not a role
    .hint = the roles are { $roles }
build-name = { $name } cannot be a name
    .hint = letters, digits and _, not beginning with a digit: W1
build-name-taken = { $name } is already a name of the program
    .hint = { $free }
build-constant = the constant { $name } has no value
    .hint = give its value: 0.1, or [1, 2, 3]
build-too-long = this text is too long
    .hint = at most { $most } characters
build-no-operator = there is no operator { $name }
    .hint = matmul, add, relu, sum; the operator reference lists all
build-no-part = the program has no operator { $id }
    .hint = give the id of an operator of the trace, such as matmul:z
build-inside = the text of { $id } is not a line of the program's top level
    .hint = edit it in the program's text: it is made inside a function, a loop or another operator
build-part-of-line = this operator is a part of line { $line }
    .hint = remove what that line assigns, or edit the line
build-no-port = { $name } has no port { $port }
    .hint = ports count from 0
build-no-attribute = { $name } has no attribute { $attribute }
    .hint = the signature lists the attributes
build-too-many-inputs = { $name } takes { $count ->
        [one] one input
        *[other] { $count } inputs
    }
    .hint = leave out the others
build-empty-port = nothing is connected to the port { $port } of { $name }
    .hint = connect a variable or write a number
build-not-an-operand = { $text } is not an operand
    .hint = the name of a variable, or a number such as 0.5
build-cycle = { $name } is computed from the result of { $id }, so { $id } cannot read it
    .hint = connect a variable that does not depend on this operator
build-still-read = { $name } is still read in line { $lines }
    .hint = connect something else there first, or remove those lines

## Models

model-media-type = A model is sent as it is, not as { $kind }.
    .hint = Send the bytes of the file as application/octet-stream.
model-empty = The body is empty.
    .hint = Send the bytes of the file.
model-size = { $size } is not a size.
    .hint = Write the name of the dimension and a number: batch=4.
model-ending = Files that end in { $ending } hold no model.
    .hint = Give a file that ends in one of { $endings }.
model-value-shape = { $name } has shape { $shape }; the value given has shape { $given }.
model-too-large = { $name } is too large: { $size } bytes.
    .hint = At most { $most } bytes are read.
keras-layer = layer { $name } ({ $layer }): { $what } is not supported
keras-layer-unknown = layer { $name }: { $layer } is not supported
    .hint = save the model without it; Lambda layers and layers of your own are code, which is never executed
keras-malformed = this file is not a valid Keras 3 file: { $reason }
    .hint = model.save("model.keras") of Keras 3 writes one
keras-model = Keras models of the class { $kind } are not supported
    .hint = use a Sequential or a functional model
keras-no-input = the model does not state the shape of its input
    .hint = begin the model with keras.Input(shape)
not-a-notebook = This is no Jupyter notebook.
    .hint = A notebook is JSON with a list of cells.
model-not-text = This is neither a program in UTF-8 nor a .tide file.
    .hint = tidegraph.save writes one.
tide-unreadable = This is no .tide file: { $reason }
    .hint = tidegraph.save writes one.
tide-notes = { $key } of this .tide file has the wrong form.
    .hint = tidegraph.save writes one.
tide-member = The .tide file holds no { $name }.
    .hint = tidegraph.save writes one.
safetensors-unreadable = This is no safetensors file: { $reason }
model-dtype = A program reads no values of type { $dtype }.
    .hint = Store them as float32, float64, int64 or bool.
framework-missing = { $framework } is not installed.
    .hint = Install it: pip install { $package }
framework-cannot-trace = { $framework } cannot export this: { $reason }
    .hint = A branch or loop that depends on the numbers of an array, or a derivative that is taken inside the model, has no graph. Choose with where(); return the loss and let the program take its derivatives.
jax-primitives = These primitives of JAX have no counterpart here: { $names }.
loop-too-long = A loop of { $count } steps is too long to unroll.
    .hint = At most { $most } steps are unrolled.
onnx-unreadable = This is no ONNX file: { $reason }
onnx-no-graph = This is no ONNX file: it holds no graph with outputs.
onnx-nesting = The graphs of this ONNX file are nested too deeply.
onnx-malformed = This ONNX file is malformed: { $reason }
    .hint = onnx.checker.check_model says what is wrong.
onnx-opset = The operator set of this ONNX file is older than 7.
    .hint = onnx.version_converter.convert_version(model, 17) converts it.
onnx-sparse = The sparse initialiser { $name } cannot be read.
    .hint = Store it densely.
onnx-output-missing = The output { $name } is computed by no node.
onnx-output-no-array = The output { $name } is no array.
onnx-input-kind = The input { $name } is no tensor of numbers: its type is { $kind }.
onnx-input-shape = The shape of the input { $name } is not known.
onnx-input-large = The input { $name } has { $count } elements, which are too many.
    .hint = Give smaller numbers for open dimensions.
onnx-sizes = Give the sizes of open dimensions, which were taken as 1 ({ $names }): sizes in Python, --size NAME=NUMBER on the command line.
onnx-size = The size of { $name } must be a whole number.
onnx-external = The data of { $name } is in another file, which is not fetched.
    .hint = onnx.save(model, file) stores all in one file.
onnx-tensor-kind = The tensor { $name } holds no numbers that a program reads.
onnx-tensor-size = The tensor { $name } claims to be larger than its data.
onnx-tensor-data = The data of the tensor { $name } does not fit its shape: { $reason }
onnx-nodes = The ONNX file has more than { $most } nodes.
onnx-cycle = The nodes of the ONNX file form a cycle.
onnx-node-input = { $operator } { $node } reads { $name }, which nothing computes.
onnx-node = { $operator } { $node } cannot be read.
onnx-node-because = { $operator } { $node } cannot be read: { $reason }
capture-what = capture() takes a torch.nn.Module or a function, not { $given }.
    .hint = Write tidegraph.torch.capture(module, (x,)).
torch-too-old = PyTorch { $version } is too old to capture modules.
    .hint = Install a newer one: pip install 'torch>=2.6'
torch-cannot-decompose = PyTorch cannot decompose this module: { $reason }
torch-complex = Complex tensors have no counterpart here.
    .hint = Use their real and imaginary parts.
torch-no-tensor = The module returns no tensor.
    .hint = Return the loss or the predictions.
torch-number-read = its number would be fixed to that of the example; keep it as a tensor
torch-size-depends = the size of its result depends on the numbers of an array; keep the shape and choose with torch.where(mask, x, 0.0)
torch-result-shape = The result has shape { $shape } instead of { $wanted }.
torch-missing-rules = { $count ->
    [one] One call of the module cannot be expressed: { $calls }
   *[other] { $count } calls of the module cannot be expressed: { $calls }
    }
    .hint = decompose=True tries PyTorch's own decompositions.

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
    .hint = a power is written **: { $corrected }
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
calls-nested-too-deeply = { $name } is called inside more than 64 other functions
    .hint = call some of the functions one after the other instead of one inside the other
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
comment-sign = a comment begins with #
    .hint = { $corrected }
number-with-zeros = a whole number does not begin with 0
    .hint = { $corrected }
choice-without-else = a choice has two sides: a if condition else b
    .hint = { $corrected }
not-a-product = { $name } is not a function here
    .hint = a product is written with *: { $corrected }; a function is defined first: def { $name }(x): return ...
nothing-of-python = { $name } is not part of the language, which only computes
    .hint = give the values in the program, x: input[2] = [1, 2], or with the request
item-of-many = item() needs one element; { $x } has shape { $shape }
    .hint = { $x }.sum(), { $x }.mean() or one element of it
other-library = { $name } is not part of the language, which has NumPy's and PyTorch's names
    .hint = the function of that meaning: torch.sum(x), torch.matmul(a, b), np.exp(x), nn.Linear(4, 3)
latex-sum = { $names } has an index, and is not declared as an array
    .hint = declare the arrays, as in x: input[3], and write { $corrected }
not-an-operand = { $value } is not an array
    .hint = an operand is a variable, a number, or a list of numbers
not-number = { $thing } is not a number
not-array = { $thing } is not an array
not-an-operator = { $name } is not an operator
not-callable = { $thing } cannot be called
not-comparable = { $a } and { $b } cannot be compared
not-in-class = this is not part of a class here
    .hint = a class has methods: def __init__(self), def forward(self, x)
not-iterable = { $thing } has no elements to loop over or to unpack
    .hint = loop over range(3), a list, or an array
not-numbers = { $text } is not a number or a list of numbers
    .hint = a list of numbers, [1, 2, 3], or a draw: normal(0, 0.1), xavier()
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
fan-of-vector = a spread by the fan of the inputs needs at least two axes, not the shape { $shape }
    .hint = nn.init.normal_(b, 0.0, 0.02), or nn.init.zeros_(b)
identity-of-matrix = an identity matrix has two axes, not the shape { $shape }
    .hint = nn.init.eye_(f.weight)
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
too-many-iterations = the loop runs { $count } times, which is more than { $limit } statements
    .hint = use fewer iterations
uniform-not-finite = uniform({ $low }, { $high }) has no finite range
    .hint = uniform(-1, 1)
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
## Parts of errors: what they are filled with

reads-examples = { $name } has { $count }
minibatch-axes = { $names } need one axis of it each, parameters none
data-have-inputs = the inputs have { $count }
data-have-targets = the targets have { $count }
data-have-classes = the data have { $count } classes
data-examples = examples of { $count ->
    [one] { $count } number
   *[other] { $count } numbers
}
data-classes = one of { $count } classes
data-targets = targets of { $count ->
    [one] { $count } number
   *[other] { $count } numbers
}
state-has = it has { $names }
not-computed = no operator computes it
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
field-error = { $reason }
field-misspelled = There is no such field; { $meant }
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
quantity-operators = operators
quantity-elements-per-array = elements per array
quantity-memory = memory
quantity-runs = runs
quantity-work = work
quantity-body = body
quantity-nodes = nodes
quantity-graph-to-be-split = graph to be split
quantity-graph-to-be-edited = graph to be edited
quantity-program-length = program length
quantity-answer = answer
quantity-slice = slice
quantity-passes = passes
unit-operators = operators
unit-elements = elements
unit-runs = runs
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
json-is-utf-8 = JSON is sent as UTF-8, without a byte order mark.
json-not-finite = NaN and infinities are the strings "NaN", "Infinity" and "-Infinity".
onnx-input = input { $place }
onnx-not-known = { $what } must be known when the file is read, and is computed or an input.
onnx-attribute = The attribute { $name } is of a kind that is not read.
onnx-wraps = Numbers of type { $kind } wrap around.
onnx-no-numbers = Numbers of type { $kind } have no counterpart here.
onnx-copied-axis = The shape copies an axis that is not there.
onnx-reshape = { $count } elements do not fit the shape { $shape }.
onnx-parts = The parts { $sizes } do not add up to { $total }.
onnx-index = The index { $index } is out of range.
onnx-choice = { $name } = { $value } has no counterpart here.
onnx-overwrites = The indices must be known when the file is read, for equal ones overwrite each other.
onnx-equal-indices = Some of the indices are equal.
onnx-convolution = There is no convolution over { $count } axes.
onnx-large = The window or the result is too large.
onnx-even-size = The size must be odd.
onnx-result-shape = The result has shape { $shape }, which is too large or empty.
onnx-reference = { $text }
onnx-single-axis = The input has a single axis.
onnx-lengths = The sequences have different lengths.

## Pages of the service

notebook-without-player = This picture plays when the cell is run, or the notebook is run again from its start.
problem-nothing-here = There is nothing here
problem-link-workspace = The workspace: the graph of any program
problem-link-chapter = The chapter: forward propagation and backpropagation
problem-link-operators = The operators of the language
problem-link-api = The API and its documentation
errors-title = Errors
errors-words = Every error has a code. ‹name› stands for what an error says about the case.
errors-hint = Hint:
errors-section-the-program = The program
errors-section-the-program-language = The program language
errors-section-shapes-and-operators = Shapes and operators
errors-section-values-and-options = Values and options
errors-section-code-for-other-frameworks = Code for other frameworks
errors-section-models = Models
errors-section-building = Building
errors-section-teaching = Teaching
errors-section-requests = Requests
operator-exists = { $name } is a built-in operator
    .hint = declare it under another name
operator-not-a-name = '{ $name }' is not a name
    .hint = use letters, digits and underscores
operator-without-kernel = { $name } has no kernel
    .hint = declare("{ $name }", kernel=function of arrays), or use @declare on a function of expressions

## Operators: what the result is. Parameters are the operands; { $over } says which elements, { $index } is an index.

over-all = all elements
over-axis = the elements along axis { $axis }
makes-other = { $operator } of { $operands }: { $doc }
makes-add = the sum of { $a } and { $b }
makes-subtract = { $a } minus { $b }
makes-multiply = { $a } times { $b }
makes-divide = { $a } divided by { $b }
makes-power = { $a } to the power { $b }
makes-power-two = the square of { $a }
makes-neg = the negative of { $x }
makes-abs = the absolute value of { $x }
makes-identity = { $x } under another name
makes-detach = { $x }, held constant
makes-less = true where { $a } is less than { $b }
makes-less_equal = true where { $a } is at most { $b }
makes-greater = true where { $a } is greater than { $b }
makes-greater_equal = true where { $a } is at least { $b }
makes-equal = true where { $a } equals { $b }
makes-not_equal = true where { $a } differs from { $b }
makes-logical_and = true where both { $a } and { $b } hold
makes-logical_or = true where { $a } or { $b } holds
makes-logical_xor = true where exactly one of { $a } and { $b } holds
makes-logical_not = true where { $x } does not hold
makes-isfinite = true where { $x } is finite
makes-isinf = true where { $x } is infinite
makes-isnan = true where { $x } is NaN
makes-maximum = the larger of { $a } and { $b }
makes-minimum = the smaller of { $a } and { $b }
makes-where = { $a } where { $condition } holds, and { $b } elsewhere
makes-exp = e to the power { $x }
makes-log = the natural logarithm of { $x }
makes-sqrt = the square root of { $x }
makes-sign = the sign of { $x }
makes-arctan2 = the angle of the point with abscissa { $b } and ordinate { $a }
makes-hypot = the hypotenuse of a right triangle with legs { $a } and { $b }
makes-logaddexp = the logarithm of the sum of exp({ $a }) and exp({ $b })
makes-xlogy = { $a } times the logarithm of { $b }
makes-lerp = the linear interpolation from { $a } to { $b } with weight { $weight }
makes-clip = { $x }, limited to the given range
makes-expm1 = e to the power { $x }, minus 1
makes-exp2 = 2 to the power { $x }
makes-log1p = the natural logarithm of 1 + { $x }
makes-log2 = the logarithm of { $x } to base 2
makes-log10 = the logarithm of { $x } to base 10
makes-rsqrt = the reciprocal of the square root of { $x }
makes-cbrt = the cube root of { $x }
makes-square = the square of { $x }
makes-reciprocal = 1 divided by { $x }
makes-sin = the sine of { $x }
makes-cos = the cosine of { $x }
makes-tan = the tangent of { $x }
makes-arcsin = the angle whose sine is { $x }
makes-arccos = the angle whose cosine is { $x }
makes-arctan = the angle whose tangent is { $x }
makes-sinh = the hyperbolic sine of { $x }
makes-cosh = the hyperbolic cosine of { $x }
makes-arcsinh = the inverse hyperbolic sine of { $x }
makes-arccosh = the inverse hyperbolic cosine of { $x }
makes-arctanh = the inverse hyperbolic tangent of { $x }
makes-sinc = the normalised sinc of { $x }
makes-logit = the logarithm of the odds of the probability { $x }
makes-erf = the error function of { $x }
makes-erfc = 1 minus the error function of { $x }
makes-lgamma = the logarithm of the gamma function of { $x }
makes-digamma = the digamma function of { $x }
makes-polygamma = the polygamma function of { $x }
makes-relu = { $x } where it is positive, and 0 elsewhere
makes-sigmoid = { $x } mapped between 0 and 1 by the logistic function
makes-tanh = the hyperbolic tangent of { $x }, between -1 and 1
makes-softplus = the softplus of { $x }
makes-logsigmoid = the logarithm of the sigmoid of { $x }
makes-elu = { $x } where it is positive, and a bounded exponential elsewhere
makes-selu = the scaled exponential linear unit of { $x }
makes-celu = the continuous exponential linear unit of { $x }
makes-leaky_relu = { $x } where it is positive, and a small multiple of it elsewhere
makes-prelu = { $x } where it is positive, and { $weight } times it elsewhere
makes-hardtanh = { $x }, limited to the given range
makes-relu6 = { $x }, limited to the range from 0 to 6
makes-hardsigmoid = the hard sigmoid of { $x }
makes-hardswish = { $x } times its hard sigmoid
makes-silu = { $x } times its sigmoid
makes-mish = { $x } times the hyperbolic tangent of its softplus
makes-gelu = { $x } times the probability of a standard normal number below it
makes-softsign = { $x } divided by 1 plus its absolute value
makes-tanhshrink = { $x } minus its hyperbolic tangent
makes-softshrink = { $x } moved towards 0 by a threshold
makes-hardshrink = { $x } where it exceeds a threshold in magnitude, and 0 elsewhere
makes-threshold = { $x } where it exceeds a threshold, and a constant elsewhere
makes-reshape = the elements of { $x } in another shape
makes-transpose = { $x } with its axes exchanged
makes-broadcast_to = { $x } repeated to a larger shape
makes-sum_to = { $x } summed to a smaller shape
makes-stack = { $operands } stacked along a new axis
makes-concatenate = { $operands } joined along an axis
makes-getitem = the part of { $x } at [{ $index }]
makes-put = zeros with { $g } added at [{ $index }]
makes-flatten = { $x } with neighbouring axes merged into one
makes-ravel = the elements of { $x } in one vector
makes-swapaxes = { $x } with two axes exchanged
makes-moveaxis = { $x } with some axes moved
makes-squeeze = { $x } without axes of length 1
makes-expand_dims = { $x } with new axes of length 1
makes-split = parts of { $x } along an axis
makes-tile = { $x } repeated as a whole along its axes
makes-repeat = { $x } with every element repeated
makes-flip = { $x } in reverse order along its axes
makes-roll = { $x } shifted cyclically along its axes
makes-pad = { $x } with a border
makes-cumsum = the running sum of { $x }
makes-cumprod = the running product of { $x }
makes-logcumsumexp = the logarithm of the running sum of the exponentials of { $x }
makes-recurrence = the linear recurrence with factors { $a } and terms { $b }
makes-sum = the sum of { $over } of { $x }
makes-mean = the mean of { $over } of { $x }
makes-prod = the product of { $over } of { $x }
makes-var = the variance of { $over } of { $x }
makes-std = the standard deviation of { $over } of { $x }
makes-logsumexp = the logarithm of the sum of the exponentials of { $over } of { $x }
makes-softmax = { $x } as probabilities that sum to 1
makes-log_softmax = the logarithm of the probabilities that softmax makes of { $x }
makes-amax = the largest of { $over } of { $x }
makes-amin = the smallest of { $over } of { $x }
makes-max = the largest of { $over } of { $x }
makes-min = the smallest of { $over } of { $x }
makes-argmax = the index of the largest of { $over } of { $x }
makes-argmin = the index of the smallest of { $over } of { $x }
makes-any = true if any of { $over } of { $x } is not 0
makes-all = true if none of { $over } of { $x } is 0
makes-matmul = the matrix product of { $a } and { $b }
makes-matmul-vectors = the dot product of { $a } and { $b }
makes-outer = the outer product of { $a } and { $b }
makes-dot = the dot product of { $a } and { $b }
makes-inner = the inner product of { $a } and { $b } over their last axes
makes-tensordot = the tensor product of { $a } and { $b }, summed over pairs of axes
makes-kron = the Kronecker product of { $a } and { $b }
makes-cross = the cross product of { $a } and { $b }
makes-einsum = the sum of products of { $operands } over labelled axes
makes-diagonal = the diagonal of { $x }
makes-diag = the matrix with the diagonal { $x }, or the diagonal of that matrix
makes-trace = the trace of { $x }
makes-tril = the lower triangle of { $x }
makes-triu = the upper triangle of { $x }
makes-cofactor = the cofactors of { $x }
makes-cofactor_slope = the derivative of the cofactors of { $x } in the direction { $v }
makes-det = the determinant of { $x }
makes-slogdet = the sign and the logarithm of the determinant of { $x }
makes-inv = the inverse of { $x }
makes-pinv = the pseudoinverse of { $x }
makes-solve = the solution of the linear system with matrix { $a } and right-hand side { $b }
makes-cholesky = the Cholesky factor of { $x }
makes-eigh = the eigenvalues and eigenvectors of the symmetric matrix { $x }
makes-svd = the singular value decomposition of { $x }
makes-qr = the QR decomposition of { $x }
makes-matrix_power = { $x } multiplied by itself several times
makes-vector_norm = the norm of { $over } of { $x }
makes-norm = the norm of { $over } of { $x }
makes-linear = { $weight } applied to { $x } as a fully connected layer
makes-bilinear = { $weight } applied to { $x1 } and { $x2 } as a bilinear layer
makes-glu = the first half of { $x }, gated by the sigmoid of its second half
makes-dropout = { $x } with random elements set to 0
makes-cosine_similarity = the cosine of the angle between { $x1 } and { $x2 }
makes-normalize = { $x } divided by its norm
makes-causal_mask = { $x } with the scores of later keys hidden
makes-scaled_dot_product_attention = the attention of the queries { $query } to the keys { $key }, with values { $value }
makes-multi_head_attention = the multi-head attention of { $query } to { $key }, with values { $value }
makes-pick = the score in { $x } of each label in { $y }
makes-unpick = zeros with { $g } at the class of each label in { $y }
makes-squared_error = half the squared error between { $o } and { $y }
makes-mse_loss = the squared error between { $o } and { $y }
makes-l1_loss = the absolute error between { $o } and { $y }
makes-smooth_l1_loss = the smoothed absolute error between { $o } and { $y }
makes-huber_loss = the Huber loss between { $o } and { $y }
makes-bounded_log = the logarithm of { $x }, at least -100
makes-binary_cross_entropy = the binary cross-entropy of the probabilities { $p } and the labels { $y }
makes-binary_cross_entropy_with_logits = the binary cross-entropy of the logits { $o } and the labels { $y }
makes-kl_div = the Kullback-Leibler divergence of the log-probabilities { $o } from { $y }
makes-poisson_nll_loss = the negative log-likelihood of the counts { $y } under a Poisson distribution with { $o }
makes-gaussian_nll_loss = the negative log-likelihood of { $y } under a normal distribution with mean { $o } and variance { $var }
makes-nll_loss = the negative log-probability in { $o } of the labels { $y }
makes-cross_entropy = the cross-entropy of the logits { $o } and the labels { $y }
makes-multi_margin_loss = the margin loss of the scores { $o } for the labels { $y }
makes-hinge_loss = the hinge loss of the scores { $o } for the labels { $y }
makes-hinge_embedding_loss = the hinge loss of the distances { $o } for the labels { $y }
makes-soft_margin_loss = the logistic loss of the scores { $o } for the labels { $y }
makes-margin_ranking_loss = the ranking loss of { $x1 } and { $x2 } for the labels { $y }
makes-cosine_embedding_loss = the cosine loss of { $x1 } and { $x2 } for the labels { $y }
makes-triplet_margin_loss = the triplet loss of { $anchor } with { $positive } and { $negative }
makes-unfold = the sliding windows of { $x } as columns
makes-fold = the columns of { $x } added back to their windows
makes-convolution = the convolution of { $x } with the kernel { $w }
makes-convolution_input = the transposed convolution of { $y } with the kernel { $w }
makes-convolution_kernel = the correlation of { $x } with { $y }
makes-conv1d = the convolution of { $x } with the kernel { $weight }
makes-conv2d = the convolution of { $x } with the kernel { $weight }
makes-conv3d = the convolution of { $x } with the kernel { $weight }
makes-conv_transpose1d = the transposed convolution of { $x } with the kernel { $weight }
makes-conv_transpose2d = the transposed convolution of { $x } with the kernel { $weight }
makes-conv_transpose3d = the transposed convolution of { $x } with the kernel { $weight }
makes-take = the elements of { $x } at the indices { $indices }
makes-index_add = { $x } with { $source } added at the indices { $indices }
makes-gather = the elements of { $x } at the indices { $indices } along an axis
makes-scatter_add = { $x } with { $source } added at the indices { $indices } along an axis
makes-take_along_axis = the elements of { $x } at the indices { $indices } along an axis
makes-take_each = elements taken by several indices at once: { $operands }
makes-one_hot = a vector with a single 1 for each index in { $indices }
makes-embedding = the rows of { $weight } at the indices { $indices }
makes-max_pool_index = the index of the largest element of every window of { $x }
makes-avg_pool = the average of every window of { $x }
makes-avg_unpool = { $y } shared out evenly over the windows
makes-max_pool1d = the largest element of every window of { $x }
makes-max_pool2d = the largest element of every window of { $x }
makes-avg_pool1d = the average of every window of { $x }
makes-avg_pool2d = the average of every window of { $x }
makes-batch_norm = { $x } standardised over the batch, channel by channel
makes-instance_norm = { $x } standardised over each channel of each example
makes-layer_norm = { $x } standardised over its last axes
makes-rms_norm = { $x } divided by its root mean square
makes-group_norm = { $x } standardised over groups of channels
makes-local_response_norm = { $x } normalised by the neighbouring channels
makes-after = { $x }, once { $y } is known
makes-rnn_cell = the next state of a recurrent network with input { $x } and state { $h }
makes-gru_cell = the next state of a gated recurrent unit with input { $x } and state { $h }
makes-lstm_cell = the next states of an LSTM cell with input { $x } and state { $h }
makes-resample = { $x } resampled to other sizes
makes-resample_back = { $x } shared out over the elements that were resampled
makes-interpolate = { $x } resampled to another size
makes-adaptive_avg_pool1d = the averages of equal ranges of { $x }
makes-adaptive_avg_pool2d = the averages of equal ranges of { $x }
makes-pixel_shuffle = { $x } with groups of channels rearranged as pixels
makes-floor = { $x } rounded down
makes-ceil = { $x } rounded up
makes-trunc = { $x } rounded towards 0
makes-round = { $x } rounded to the nearest number
makes-remainder = the remainder of { $a } divided by { $b }, rounded down
makes-fmod = the remainder of { $a } divided by { $b }, rounded towards 0
makes-nan_to_num = { $x } with NaN and infinities replaced
makes-argsort = the indices that sort { $x }
makes-sort = the elements of { $x } in order
makes-topk = the largest or smallest elements of { $x }, and their indices
makes-deg2rad = { $x } in radians
makes-rad2deg = { $x } in degrees
makes-logaddexp2 = the base-2 logarithm of 2 to the power { $a } plus 2 to the power { $b }
makes-xlog1py = { $x } times the logarithm of 1 plus { $y }
makes-signbit = true where { $x } has a negative sign
makes-copysign = { $a } with the sign of { $b }
makes-ldexp = { $a } times 2 to the power { $b }
makes-fmax = the larger of { $a } and { $b }, ignoring NaN
makes-fmin = the smaller of { $a } and { $b }, ignoring NaN
makes-clamp_min = { $x }, but at least { $min }
makes-clamp_max = { $x }, but at most { $max }
makes-float_power = { $a } to the power { $b }
makes-rsub = { $b } minus { $a }
makes-fill = { $value } in the shape of { $x }
makes-heaviside = the Heaviside step function of { $x }, { $value } at 0
makes-mvlgamma = the logarithm of the multivariate gamma function of { $x }
makes-softmin = { $x } made into probabilities that sum to 1, the smallest the likeliest
makes-sum_to_size = { $x } summed to a smaller shape
makes-count_nonzero = how many elements of { $x } are not 0
makes-ctc_loss = the CTC loss of the log-probabilities { $log_probs } for the labels { $targets }
makes-grouped_query_attention = the grouped-query attention of { $query } to { $key }, with values { $value }
makes-rotary_embedding = { $x } rotated by its positions
makes-lasting = true where no later index overwrites { $indices }
makes-scatter = { $x } with { $source } written at the indices { $indices }
makes-scatter_reduce = { $x } combined with { $source } at the indices { $indices }
makes-index_select = the slices of { $x } at the indices { $indices }
makes-index_copy = { $x } with the slices of { $source } written at the indices { $indices }
makes-index_fill = { $x } with { $value } at the indices { $indices }
makes-index_put = the first of { $operands } with values written at indices
makes-select_scatter = { $x } with { $source } at one index of an axis
makes-slice_scatter = { $x } with { $source } at a slice
makes-diagonal_scatter = { $x } with { $source } on a diagonal
makes-masked_fill = { $x }, and { $value } where { $mask } is true
makes-embedding_bag = the rows of { $weight } for every bag of indices of { $indices }, combined
makes-atleast_1d = { $x } with at least one axis
makes-atleast_2d = { $x } with at least two axes
makes-atleast_3d = { $x } with at least three axes
makes-hstack = { $operands } side by side
makes-vstack = { $operands } one below the other
makes-dstack = { $operands } joined along the third axis
makes-column_stack = { $operands } as columns side by side
makes-chunk = { $x } cut into parts along an axis
makes-tensor_split = { $x } cut into parts along an axis
makes-split_with_sizes = { $x } cut into parts of given sizes
makes-vsplit = { $x } cut into parts along the first axis
makes-hsplit = { $x } cut into parts along the second axis
makes-dsplit = { $x } cut into parts along the third axis
makes-unbind = the slices of { $x } along an axis
makes-select = one slice of { $x }
makes-narrow = a range of { $x } along an axis
makes-unflatten = { $x } with one axis laid out as several
makes-expand = { $x } repeated to a larger shape
makes-expand_as = { $x } repeated to the shape of { $other }
makes-reshape_as = { $x } in the shape of { $other }
makes-fliplr = { $x } with its columns reversed
makes-flipud = { $x } with its rows reversed
makes-rot90 = { $x } rotated by quarter turns
makes-broadcast_tensors = { $operands } broadcast to one shape
makes-meshgrid = { $operands } as the coordinates of a grid
makes-cartesian_prod = every combination of the elements of { $operands }
makes-combinations = every choice of elements of { $x }
makes-multilabel_soft_margin_loss = the binary cross-entropy of the logits { $o } and the labels { $y }, averaged over the classes
makes-addmm = { $x } plus the matrix product of { $a } and { $b }
makes-addmv = { $x } plus the product of the matrix { $a } and the vector { $b }
makes-addr = { $x } plus the outer product of { $a } and { $b }
makes-baddbmm = { $x } plus the batched matrix products of { $a } and { $b }
makes-addbmm = { $x } plus the sum of the matrix products of { $a } and { $b }
makes-addcmul = { $x } plus { $a } times { $b }
makes-addcdiv = { $x } plus { $a } divided by { $b }
makes-logdet = the logarithm of the determinant of { $x }
makes-solve_triangular = the solution of the triangular system with matrix { $a } and right-hand side { $b }
makes-svdvals = the singular values of { $x }
makes-eigvalsh = the eigenvalues of { $x }
makes-lstsq = the least-squares solution of the linear system with matrix { $a } and right-hand side { $b }
makes-cholesky_solve = the solution of the linear system with Cholesky factor { $a } and right-hand side { $b }
makes-cholesky_inverse = the inverse of the matrix with the Cholesky factor { $a }
makes-multi_dot = the matrix product of { $operands }
makes-vecdot = the dot products of { $a } and { $b } along an axis
makes-vdot = the dot product of { $a } and { $b }
makes-matrix_norm = the matrix norm of { $x }
makes-cond = the condition number of { $x }
makes-tensorinv = the tensor inverse of { $x }
makes-tensorsolve = the solution of the tensor equation with { $a } and right-hand side { $b }
makes-vander = the powers of { $x } as columns
makes-block_diag = { $operands } along the diagonal of a matrix
makes-diag_embed = matrices with { $x } on the diagonal
makes-diagflat = the matrix with the elements of { $x } on the diagonal
makes-cdist = the distances between the rows of { $x1 } and those of { $x2 }
makes-pdist = the distances between the rows of { $x }
makes-dist = the distance between { $a } and { $b }
makes-pairwise_distance = the distances between { $x1 } and { $x2 }
makes-renorm = { $x } with the norms of its slices limited
makes-matrix_exp = the matrix exponential of { $x }
makes-erfinv = the inverse error function of { $x }
makes-erfcx = the scaled complementary error function of { $x }
makes-ndtri = the quantile of the normal distribution at { $x }
makes-ndtr = the probability that a normal variable is below { $x }
makes-log_ndtr = the logarithm of the probability that a normal variable is below { $x }
makes-entr = the entropy of { $x }
makes-max_pool3d = the largest element of every window of { $x }
makes-avg_pool3d = the average of every window of { $x }
makes-adaptive_max_index = the index of the largest element of every range of { $x }
makes-adaptive_max_pool1d = the largest element of every range of { $x }
makes-adaptive_max_pool2d = the largest element of every range of { $x }
makes-adaptive_max_pool3d = the largest element of every range of { $x }
makes-max_unpool1d = { $x } put back at the indices { $indices } of a max pooling
makes-max_unpool2d = { $x } put back at the indices { $indices } of a max pooling
makes-max_unpool3d = { $x } put back at the indices { $indices } of a max pooling
makes-rnn = the states of an RNN over the sequence { $x }
makes-gru = the states of a GRU over the sequence { $x }
makes-lstm = the states of an LSTM over the sequence { $x }
makes-adaptive_avg_pool3d = the average of every range of { $x }
makes-pixel_unshuffle = { $x } with squares of pixels laid out as channels
makes-channel_shuffle = { $x } with its channels shuffled between groups
makes-frac = the fractional part of { $x }
makes-floor_divide = { $a } divided by { $b }, rounded down
makes-gumbel_softmax = a Gumbel-softmax sample of the logits { $x }
makes-bernoulli = a draw of ones with the probabilities { $p }
makes-multinomial = indices drawn with the probabilities { $p }
makes-dft = the discrete Fourier transform of { $z }
makes-fft = the Fourier transform of { $x }
makes-ifft = the inverse Fourier transform of { $z }
makes-rfft = the Fourier transform of the real numbers { $x }
makes-irfft = the real inverse Fourier transform of { $z }
makes-stft = the short-time Fourier transform of { $x }
makes-fftshift = { $x } with frequency 0 in the middle
makes-ifftshift = { $x } with frequency 0 moved back to the beginning
makes-quantile = the quantile { $q } of { $over } of { $x }
makes-nanquantile = the quantile { $q } of { $over } of { $x }, ignoring NaN
makes-nansum = the sum of { $over } of { $x }, ignoring NaN
makes-nanmean = the mean of { $over } of { $x }, ignoring NaN
makes-cov = the covariance matrix of { $x }
makes-corrcoef = the correlation matrix of { $x }
makes-var_mean = the variance and the mean of { $over } of { $x }
makes-std_mean = the standard deviation and the mean of { $over } of { $x }
makes-aminmax = the smallest and the largest of { $over } of { $x }
makes-diff = the differences of neighbouring elements of { $x }
makes-trapezoid = the area under { $y } by the trapezoidal rule
makes-cumulative_trapezoid = the running area under { $y } by the trapezoidal rule
makes-running_place = the index of the extreme element of { $x } so far
makes-cummax = the running maximum of { $x } and its index
makes-cummin = the running minimum of { $x } and its index
makes-kthvalue = the k-th smallest element of { $x } and its index
makes-msort = the elements of { $x } in order along the first axis
makes-nanmedian = the median of { $over } of { $x }, ignoring NaN
makes-grid_sample = { $x } sampled at the points of { $grid }
makes-affine_grid = the grid of points that { $theta } maps an image to
makes-median = the median of { $over } of { $x }

## Operators: what happens to a gradient on the way back. { $own } is the input, { $other } the other one, { $result } the output.

way-same = unchanged
way-turned = with its sign reversed
way-times = multiplied by { $other }
way-divided = divided by { $other }
way-quotient = multiplied by minus { $result } and divided by { $own }
way-double = multiplied by 2 { $own }
way-sign = multiplied by the sign of { $own }
way-result = multiplied by { $result }
way-inverse = divided by { $own }
way-root = divided by 2 { $result }
way-positive = passed where { $own } is positive and stopped elsewhere
way-logistic = multiplied by { $result } (1 - { $result })
way-tangent = multiplied by 1 - { $result }²
way-softmax = less its mean weighted by { $result }, then multiplied by { $result }
way-log-softmax = less its sum times the softmax of { $own }
way-weights = multiplied by the softmax of { $own }
way-transposed = multiplied by { $other } transposed
way-outer = every element multiplied by every element of { $other }
way-spread = passed to every element alike
way-shared = divided equally among the elements
way-repeats = summed over the repeated elements
way-exchanged = with its axes exchanged back
way-shaped = in the former shape
way-placed = put back in its place, with zeros around it
way-taken = taken at the same index
way-cut = cut to its own part
way-selected = passed to the selected elements and stopped elsewhere
way-chosen = passed where { $own } is chosen and stopped elsewhere
way-tie = passed where { $own } is chosen, in halves where both are equal
way-reversed = accumulated in reverse order
way-others = multiplied by the product of the other elements
way-triangle = limited to the same triangle
way-mask = multiplied by the same mask
way-unmasked = stopped where the mask hides { $own }
way-finite = passed where { $own } is finite and stopped elsewhere
way-folded = added back to the windows
way-unfolded = taken from every window
way-pooled = divided equally among the elements of each window
way-averaged = averaged over every window
way-convolved = convolved with the transposed kernel { $other }
way-correlated = correlated with { $other }
way-resampled = resampled in the same way
way-sources = divided among the elements that it was computed from
way-direction = multiplied by the slope of the norm at { $own }
way-cofactors = multiplied by the cofactors of { $own }
way-inverse-transposed = multiplied by the transposed inverse of { $own }
way-inverses = multiplied by minus { $result } transposed from both sides
way-solved = solved with { $other } transposed as the matrix
way-solved-outer = solved with { $own } transposed, then multiplied by minus { $result } transposed
way-recurrence = carried back through the recurrence
way-derivative = multiplied by the derivative of { $operator } at { $own }
way-adjoint = multiplied by the transposed Jacobian of { $operator } at { $own }
way-inside = through the operators inside { $operator }
way-factor = multiplied by { $factor }
way-summed = { $way }, then summed where { $own } was repeated
way-summed-same = summed where { $own } was repeated

cotangent-without-target = a cotangent needs the name of its target
    .hint = Send "target" with the name of an array of the program.

library-not-here = { $name } is not part of the language
    .hint = declare the data instead: X: input[150, 4], y: target[150]
## Health check

health-nonfinite = { $place } is the first value that is not finite: { $count } of { $size } entries are NaN or infinite
health-nonfinite-try = Look at the operator that computes { $place }: a logarithm or a division of zero, or an exponential that overflows. Guard its operand (`clip`, `where`), or use log1p or logsumexp.
health-nonfinite-gradient = The gradient of { $place } is not finite in { $count } of { $size } entries, though all values are
health-nonfinite-gradient-try = An operator that reads { $place } has an infinite slope there, such as a root at 0. In a branch that was not chosen, 0 times infinity is NaN. Guard the operand with `clip`, or with a `where` inside the `where`.
health-vanishing = Gradients vanish: at { $first } they are { $gradient } (root mean square), at { $last } { $other }
health-vanishing-try = Try relu in place of sigmoid or tanh, He or Glorot initial values, normalisation, or skip connections.
health-exploding = Gradients explode: at { $first } they are { $gradient } (root mean square), at { $last } { $other }
health-exploding-try = Try smaller initial values, gradient clipping, or normalisation.
health-unused = { $place } has no influence on { $target }
health-unused-try = Use { $place } in what { $target } is computed from, or remove it.
health-no-gradient = { $place } gets no gradient: { $size ->
    [one] the gradient of { $target } is exactly 0
   *[other] all { $size } entries of the gradient of { $target } are exactly 0
}
health-no-gradient-try = Something between { $place } and { $target } passes no gradient: inactive rectifiers, a comparison, or factors of zero.
health-symmetric = All { $units } units of { $place } are the same and get the same gradient: they will stay the same
health-symmetric-try = Draw initial values at random, for example `{ $place }: parameter[...] = xavier()`.
health-dead = { $count } of { $size } units of { $place } are zero for { $rows ->
    [one] the example
   *[other] all { $rows } examples
}
health-dead-try = Dead units learn nothing. Try a smaller learning rate, a positive bias, or leaky_relu.
health-saturated = { $percent } % of the { $size } entries of { $place } are at an end of the activation's range
health-saturated-try = Saturated units pass hardly any gradient. Try smaller weights, standardised inputs, or relu.
health-softmax-twice = { $place } is a softmax already (its rows sum to { $sum }) and goes through softmax again
health-softmax-twice-try = Give the loss the logits: what goes into the first softmax.
health-scales = Features of { $place } have different scales: the standard deviation of column { $column } is { $large }, of column { $other } { $small }
health-scales-try = Standardise the features: subtract the mean and divide by the standard deviation.
health-learning-rate = The learning rate { $rate } is beyond 2 / curvature = { $limit } along the gradient (curvature { $curvature }): a step makes { $place } rise
health-learning-rate-try = Try a learning rate below { $limit }.
## Steps

step-operator = { $outputs }, { $size }, is { $what }.
step-composite = { $outputs } is { $what }.
step-composites = { $outputs } are { $what }.
step-function = { $name }, defined in the program, computes { $outputs }{ $source }.
step-scope = { $name } computes { $outputs }{ $source }.
step-loop = The loop over { $name } ({ $count ->
    [one] { $count } iteration
   *[other] { $count } iterations
}) computes { $outputs }{ $source }.
step-iteration = The iteration { $name } of the loop computes { $outputs }{ $source }.
step-from = {" "}from { $names }
step-seed = The derivative of { $variable } with respect to itself is 1.
step-contribution = The gradient at { $through } flows back through { $operator } to { $variable }{ $way }: { $slope }.
step-part = The gradient at { $through } flows back through { $operator } to { $variable }{ $way }: part { $index } of { $count } of { $slope }.
called-add = the sum
called-subtract = the difference
called-multiply = the product
called-divide = the quotient
called-matmul = the product
called-power = the power
called-neg = the sign
called-getitem = the index
called-identity = the name
called-other = { $name }
step-way = , { $way }
step-descent = { $variable } takes a step against its gradient.
name-loop = the loop over { $name }
name-iteration = the iteration { $name }
size-number = a number
size-vector = a vector of { $n }
size-matrix = a matrix of { $rows } by { $columns }
size-array = an array of shape { $shape }

## Page: page

page-skip = Skip to the graph
page-theme-auto = Theme: auto
page-theme-light = Theme: light
page-theme-dark = Theme: dark
page-language = Language
page-chapter = Chapter
tour-take = Take the guided tour
tour-resume = Go on with the tour
tour-later = Not now
tour-offer = New here?
tour-chapter = Read the chapter

## Page: gallery

gallery-title = Examples
gallery-filter = Filter the examples
gallery-programs = Your programs
gallery-drop = Remove { $name } from the list
gallery-own = Your program

## Page: tag

tag-all = all
tag-chapter = chapter
tag-basics = basics
tag-regression = regression
tag-classification = classification
tag-training = training
tag-memory = memory
tag-depth = depth
tag-layers = layers
tag-images = images
tag-sequences = sequences
tag-attention = attention
tag-representation = representation
tag-physics = physics
tag-devices = devices

## Page: program

program-title = Program
program-text = Program text
program-fold = Fold the program away
program-run = Run
mode-title = Mode of dropout and batch norm
mode-written = Mode: as written
mode-training = Mode: training
mode-evaluation = Mode: evaluation
program-fix = Correct: { $text }
program-line = Line { $line }
program-place = Line { $line }, column { $column }
program-undo = Undo
program-redo = Redo
program-keyword-input = declares data: a name with a type, then its shape in brackets
program-keyword-target = declares what the outputs are compared with
program-keyword-parameter = declares numbers to be learnt

## Page: graph

graph-outdated = This is the graph of the last program that ran.
graph-outline = This graph has { $operators } operators. It is drawn, but too large to be run here.
graph-outline-hint = Open its modules to look inside. To run it, use fewer iterations or a part of the program.
graph-title = Graph
graph-drawing = Drawing the graph…

## Page: key

key-title = Key
key-variable = variable
key-parameter = parameter
key-operator = operator
key-data = data
key-gradient = gradient

## Page: role

role-input = input
role-target = target
role-parameter = parameter
role-constant = constant
role-intermediate = intermediate

## Page: kind

kind-operator = operator
kind-function = function
kind-loop = loop
kind-iteration = iteration

## Page: shape

shape-scalar = scalar
shape-vector = a vector of { $n }

## Page: view

view-rearrange = Rearrange (R)
view-title = View
view-in = Zoom in
view-out = Zoom out
view-fit = Fit the graph
view-search = Find (/)
view-table = Table of all variables
view-look = How arrows and numbers are drawn
view-near = Zoom to the selection

## Page: graph

graph-drawn = Computational graph
graph-far = Computational graph of { $count } marks. Up and down keys go from mark to mark, Enter opens one.
graph-group = { $name }, group of operators
graph-operator = { $name }, operator
graph-nan = NaN
graph-infinite = infinite
graph-value = value { $number }
graph-gradient = gradient { $number }
graph-value-shown = value shown
graph-gradient-shown = gradient shown
graph-close = Close { $name }

## Page: relation

relation-title = Highlight
relation-upstream = Upstream
relation-downstream = Downstream
relation-paths = Paths to { $target }

## Page: search

search-label = Find a variable or an operator
search-placeholder = Name or operator
search-none = Nothing of that name.
search-count = { $count } found
search-part = { $shown } of { $count }

## Page: look

look-scale-gradients = one for all gradients (logarithmic)
look-scale-values = one for all values
look-scale-array = one per array
look-scale = Colour scale
look-upward = bottom to top
look-rightward = left to right
look-orientation = Direction of flow
look-title = Arrows and numbers
look-shapes = Show shapes
look-size = Thickness and colour
look-none = all alike
look-value = by size of value
look-gradient = by size of gradient
look-legend-value = Value, root mean square
look-legend-gradient = Gradient, root mean square
look-numbers = Numbers
look-digits = Significant digits
look-scientific = Scientific notation

## Page: table

table-title = All variables
table-close = Close the table
table-filter = Filter by name
table-count = { $count } variables
table-part = { $count } of { $all } variables
table-more = The first { $count } are listed; filter or sort to see others.
table-name = Name
table-role = Role
table-shape = Shape
table-made = Made by
table-gradient = Gradient norm
table-gradientLargest = Largest gradient
table-norm = Value norm
table-mean = Mean
table-std = Std
table-min = Min
table-max = Max
table-zeros = Zeros

## Page: step

step-title = Current step
step-sum = { $variable } is used { $count } times; its gradient is the sum of what arrives through { $names }.
step-kept-more = { $names } and { $count } more
step-prod = prod multiplies the incoming gradient by the local derivative, transposing and reordering as their shapes require; the next line writes it out.
step-start = Start
step-forward = Forward
step-backward = Backward
step-update = Update
step-count = step { $step } of { $count }
step-empty = This program is empty. Write into it, such as x: parameter = 2 and J = x ** 2, or choose an example above.
step-outline = The graph is drawn. Its values and gradients follow as soon as it has been run.
step-nothing = This program only declares variables: there is nothing to compute.
step-given = The given variables have their values. Press play: data flows forward, then gradients flow back.
step-forward-only = The given variables have their values. Press play: data flows forward. No result is a scalar, so there are no gradients.
step-keys = Space plays and pauses, ← → step, Home End jump
step-and = { $names } and { $last }
step-comma = ,{" "}
step-space = {" "}
step-kept = Kept for the backward pass: { $names }.
step-kept-nothing = Nothing is kept for the backward pass.
step-kept-read = Reads what was kept: { $names }.

## Page: player

player-title = Player
player-replay = Replay from the start
player-back = One step back
player-play = Play
player-pause = Pause
player-step = One step on
player-phase = To the next phase
player-previous = To the previous phase
player-loop = Loop
player-range = Step
player-at = Step { $step } of { $count }: { $text }
player-speed = Speed

## Page: inspector

inspector-title = Inspector
inspector-close = Close the inspector
inspector-role = role
inspector-shape = shape
inspector-type = type
inspector-kind = kind
inspector-flops = FLOPs
inspector-read = bytes read
inspector-written = bytes written
inspector-value = Value
inspector-gradient = Gradient
inspector-value-due = computed in step { $step }
inspector-gradient-due = complete in step { $step }
inspector-target = Differentiate this
inspector-target-short = Differentiate { $id }
inspector-target-is = The gradients on show are those of { $id }.
inspector-loss-none = { $loss } does not depend on { $id }.
inspector-nowhere = No path leads from here to the target.
inspector-scales = One colour scale for value and gradient
inspector-paths = What each path adds
inspector-paths-more = And { $count } more paths.
inspector-goto = Go to step { $step }
inspector-from = Comes from
inspector-to = Goes to
inspector-more = And { $count } more.
inspector-link = { $role }, { $shape }

## Page: numbers

numbers-of-value = { $id } value
numbers-of-gradient-loss = Gradient of { $loss } with respect to { $id }
numbers-of-gradient = { $id } gradient
numbers-of-contribution = { $id } contribution through { $through }
numbers-of-numerical = { $id } numerical gradient
numbers-of-jacobian = Jacobian of { $out } with respect to { $into }
numbers-of-tangent = tangent of { $id }
numbers-table = { $name }, { $shape }
numbers-at = { $name } at { $index }
numbers-none = No entries.
numbers-axis = axis { $axis }
numbers-slice = Slice, as in NumPy
numbers-show = Show slice

## Page: provenance

provenance-from = { $entry } is computed from { $sources }.
provenance-sum = { $entry } is the sum of { $count } contributions:
provenance-path = through { $through }: { $amount }, computed from { $sources }
provenance-some = { $count } entries

## Page: change

take-title = Take { $name } away
take-copy = Copy
take-csv = CSV
take-npy = .npy
take-download = Download { $file }
change-paste = Paste
change-file = Upload
change-random = Randomise
change-zero = Zero
change-reset = Reset
change-reset-words = Back to the program's own numbers
change-paste-words = Numbers as CSV or JSON
change-use = Use these numbers
change-file-words = Upload a .npy, .csv or .json file
change-npy = This is no .npy file.
change-npy-kind = This .npy file holds something other than numbers.
change-npy-short = This .npy file is cut off.
change-npz = A .npz file holds several arrays: save the one that is meant as .npy.
change-brackets = The brackets do not match.
change-rows = The rows have different lengths.
change-shape = { $shape } numbers are needed; here are { $found }.
change-list = A list of numbers is needed.
change-word = { $word } is not a number.
change-count = { $count } numbers are needed; here are { $found }.

## Page: figures

figures-title = Statistics
figures-min = min
figures-max = max
figures-mean = mean
figures-std = std
figures-norm = norm
figures-zeros = zeros
figures-nonfinite = not finite
figures-bar = { $count } from { $from } to { $to }
figures-histogram = Histogram from { $from } to { $to }

## Page: because

because-scalar = { $id } and { $target } are single numbers, and so is the one derivative between them.
because-array = { $target } is a single number, so there is one derivative for each entry of { $id }: the gradient is { $shape }, as { $id } is.
because-matmul = In the product, what arrives at { $through } ({ $a }) meets the other factor ({ $b }), transposed, to make { $shape }.
because-spread = { $through } makes fewer entries of many, so what arrives there is shared out again over all { $count } of them.
because-broadcast = { $id } was repeated to fit { $through } ({ $shape }), so what arrives there is summed over the repeated axes.

## Page: check

check-start = Check numerically
check-asking = Checking…
check-agrees = Agrees with { $method }: relative error { $error }.
check-differs = Differs from { $method }: relative error { $error }.
check-method-central-differences = central differences, (J(x + h) − J(x − h)) / 2h
check-method-complex-step = the complex step, Im J(x + ih) / h
check-kink = At a kink of { $operators }: the gradient is the documented subgradient, the slopes to the two sides differ.
check-left = Slope to the left
check-right = Slope to the right
check-none = Only declared variables can be moved, so only their gradients can be checked.

## Page: derivation

derivation-title = Derivation
derivation-copy = Copy as LaTeX
derivation-copied = Copied
derivation-through = through { $operator }
derivation-gradient = Derivation of d{ $target }/d{ $id }
derivation-more = and { $count } more ways
derivation-end = The target with respect to itself.

## Page: operator

operator-reference = Reference
operator-more = Full reference of { $op }
operator-derivatives = Local derivatives
operator-show = Show the Jacobian
operator-show-of = Show the Jacobian: { $out }, { $into }
operator-large = { $count } entries: too many to be shown.
operator-total = This input also reaches the result another way; all ways are in this Jacobian.
operator-rows = { $shape }: a row for each entry of { $out }, a column for each of { $into }.

## Page: forward

forward-title = Forward mode from here
forward-entry = Entry that moves
forward-push = Push forward
forward-words = One pass carries a change of { $id } forward to everything that depends on it; one backward pass brings the gradient of the target to everything it depends on.
forward-meets = Forward mode moves { $target } by { $tangent }; the same entry of the gradient, by reverse mode, is { $gradient }.
forward-flops = { $count } FLOPs
forward-cost-value = values alone
forward-cost-forward_mode = forward mode, this direction
forward-cost-forward_mode_all_directions = forward mode, every entry
forward-cost-reverse_mode = reverse mode, every entry of everything

## Page: error

error-silent = The server does not answer.
error-silent-hint = Is it still running? Then try again.
error-silent-again = It is asked again until it does; nothing is lost.

## Page: open

open-button = Open…
open-title = Open a program, a model or an array
open-drop = Drop a program, a model or an array to open it
open-reading = Reading { $file } ({ $size })…
open-progress = Progress
open-cancel = Cancel
open-close = Close
open-file = { $file } ({ $size })
open-done = Opened: { $files }
open-notes = Changed or left out:
open-sizes = Sizes of open dimensions:
open-again = Open with these sizes
open-more = and { $count } more
open-failed = { $file } could not be opened.
open-ending = { $file } is of a kind that cannot be opened.
open-endings = Files end in { $endings }.
open-empty = { $file } is empty.
open-large = { $file } has { $size }; at most { $most } can be opened here.
open-text = { $file } is no text in UTF-8.
open-notebook = { $file } is no Jupyter notebook.
open-whose = { $file } is not named after a variable of this program.
open-whose-hint = Rename the file, or select a variable first. Variables: { $names }

## Page: notice

guard-apply = Replace { $before } by { $after }
guard-none = No guard was found that makes all numbers finite. Change the numbers that this step reads, or the expression itself.
fault-count = { $count } of its { $size } entries are not finite
fault-first = { $count } of its { $size } entries { $count ->
    [one] is
   *[other] are
 } not finite, the first is [{ $index }]
fault-range = { $name } lies between { $low } and { $high }
fault-constant = { $name } is { $number }
fault-join = {"; "}
notice-nonfinite = The first number that is not finite arises at { $place }: { $state }.
notice-nonfinite-branch = { $target } is finite, but the gradient of { $place } is { $state }: 0 · ∞ in the backward pass, where a gradient of 0, as in a branch that was not chosen, meets what is not finite.
notice-nonfinite-backward = All values are finite, but the gradient of { $place } is not: { $state }. An operator that reads it has an infinite slope there; in a branch that was not chosen, 0 · ∞ is NaN.
notice-numbers = The numbers in this address do not fit its program: those on show are the program’s own.

## Page: error

error-english = The server says: { $message }
error-status = The server answered with status { $status }.

## Page: document

document-forward = Forward propagation
document-backward = Backpropagation
document-prod = prod multiplies its arguments after what their shapes need, such as a transposition or an exchange of the two, so that the product has the shape of the variable.

## Page: share

share-title = Share
share-link = Copy link
share-copied = Copied
share-link-words = The address holds program, values, view, moment and what is set in the lab.
share-svg = Picture as SVG
share-png = Picture as PNG
share-latex = Derivation as LaTeX
share-json = Trace as JSON
share-print = Print
share-embed = Embed in a page…
share-code = Code…
share-code-title = This program as code
share-code-backward = Write the backward pass out
share-code-words = The code holds the values and ends with a check that its gradients are those on the page.
share-code-writing = Writing…
share-code-file = Save as .py
share-embed-title = Embed this graph
share-embed-close = Close this dialog
share-embed-frame = Frame
share-embed-frame-words = For any page or editor that takes HTML. Editors that turn links into frames need only the address.
share-embed-element = Element
share-embed-element-words = For pages of your own: part of the page, as dark as the page, styled and listened to by it.
share-embed-file = File
share-embed-file-words = One file that opens from disk, works offline and plays every step; or a picture, the derivation, the trace.
share-embed-course = Course source
share-embed-course-words = The program stays in the source of the course and is run when the site is built. Readers need no server.
share-embed-source = Written in
share-embed-theme = Theme
share-embed-theme-auto = as around it
share-embed-theme-light = light
share-embed-theme-dark = dark
share-embed-language = Language
share-embed-language-any = the reader’s
share-embed-language-en = English
share-embed-language-zh = Chinese
share-embed-height = Height, px
share-embed-moment = Starts at step
share-embed-first = Plays from
share-embed-last = to step
share-embed-panels = Shows
share-embed-panel-equation = equations
share-embed-panel-transport = player
share-embed-panel-key = key
share-embed-panel-inspector = inspector
share-embed-play = Readers
share-embed-autoplay = see it play by itself
share-embed-readonly = cannot change numbers
share-embed-preview = Preview
share-embed-width = Preview as
share-embed-width-wide = Wide
share-embed-width-phone = Phone
share-embed-code = Lines to copy
share-embed-copy = Copy
share-embed-address = Copy address
share-embed-select = Selected: copy it from there.

## Page: question

question-value-of = the value of { $name }
question-gradient-of = the gradient of { $name }
question-ask-number = What is { $thing }?
question-ask-array = What is { $thing }? Fill in every entry.
question-ask-shape = What is the shape of { $thing }?
question-ask-sign = What is the sign of { $thing }?
question-ask-formula = Which formula is { $thing }?
question-ask-expression = What is { $text }?
question-ask-first = Which operator runs first?
question-ask-next = Which operator runs next, after: { $moment }?
question-ask-paths = How many paths lead from { $start } to { $end }?
question-ask-memory = How many bytes are needed for { $what }, at { $width } bits a number?
question-ask-count = How many numbers are there in { $what }?
question-total-parameters = all parameters together
question-total-gradients = the gradients of all parameters together
question-total-saved = what the forward pass saves for backward
question-total-training = one step of training
question-total-prediction = a prediction
question-title = Question
question-your-answer = Your answer
question-entry = Entry { $index }
question-check = Check
question-hint = Hint
question-next-hint = Next hint
question-hint-number = Hint { $number } of { $count }
question-show = Show the numbers in the graph
question-shown = The hidden numbers are now shown in the graph.
question-place = The place in the graph is marked: { $names }.
question-again = Try again
question-entry-right = right
question-entry-wrong = not right
question-positive = positive
question-negative = negative
question-zero = zero
question-shape-form = a shape, such as [5, 4]
question-number-form = a number, such as 0.25 or 1/4
question-whole-form = a whole number
question-empty = There is no answer yet.
question-unreadable = { $given } cannot be read. Write { $form }.
question-insecure = This page can judge answers only when it is opened by https or from disk.
question-attempts = { $count ->
        [one] { $count } attempt
        *[other] { $count } attempts
    }
question-graph = The program's graph
answer-correct = That is right.
answer-wrong = That is not right.
answer-shape = The answer has shape { $given }; the expected shape is { $shape }.
course-prev = Previous
course-next = Next
course-lessons = Lessons
course-learner = Your name or id
course-save = Save my answers
course-progress = { $right } of { $total } right
course-leave = Leave the lesson
assigned-title = Assignment
assigned-words = Answer the questions, then save your results as a file and hand it in. Your answers stay in this browser until then; each is sent to this server to be judged, and not stored there.
assigned-learner = Your name or id
assigned-save = Save my results
assigned-progress = { $answered } of { $total } answered, { $right } right
assigned-missing = This address has no assignment in it. Ask for the complete link.
assigned-insecure = Results can be signed only on a page with https.
mark-missing = There is no { $item }.
mark-not-finite = { $item } has entries that are NaN or infinite.
mark-no-numbers = { $item } is not an array of numbers.
answer-entries = { $right } of { $count } entries are right. The first wrong one is { $first }.
misconception-path-forgotten = A path is missing. The gradient of { $variable } is a sum of { $count } contributions; the one through { $through } is not in it.
misconception-path-not-counted = At least one path is missing: a path can fork more than once on its way.
misconception-local-derivative-left-out = The local derivative of { $operator } at { $variable } is left out: the gradient of { $through } is handed on as it is.
misconception-product-not-transposed = The factors of the matrix product are in the wrong order or not transposed. The gradient of { $variable } is a matrix product in which the other factor is transposed and keeps its side; it is neither another outer product nor an elementwise product.
misconception-regulariser-dropped = The penalty { $term } is left out. It is part of the objective too.
misconception-bias-in-penalty = The penalty { $term } counts weights only. The bias { $names } is no part of it.
misconception-mean-for-sum = A mean stands where the program has a sum: the result is divided by { $count }.
misconception-sum-for-mean = A sum stands where the program has a mean: the division by { $count } is missing.
misconception-error-sign-flipped = The sign of the error { $variable } is flipped: target minus prediction instead of prediction minus target.
misconception-value-for-gradient = This is the value of { $variable }. The question asks for the gradient.
misconception-gradient-for-value = This is the gradient of { $variable }. The question asks for the value.
misconception-factor-of-square-forgotten = The factor 2 of the square at { $variable } is missing.
misconception-sign-flipped = The magnitude is right; the sign is flipped.
misconception-shape-transposed = The axes are in the reverse order. A gradient has the shape of its variable.
misconception-shape-flat = This is the same count of numbers, laid out in one row. The shape includes the axes.
misconception-shape-of-row-or-column = A vector has one axis and a number has none. An axis of size 1 is one axis too many.
misconception-another-shape = This has shape { $given }. { $variable } has shape { $shape }, and a gradient has the shape of its variable.
misconception-shape-before-sum = { $variable } is smaller than this: it is repeated along the other axes on the way forward. The gradients of all copies of an entry are added up.
misconception-shape-of-second-derivatives = These are second derivatives: every entry of { $variable } with every other. The gradient has one number for each entry.
misconception-bytes-for-counts = These are bytes. The question asks for the count of numbers; each needs { $width } bytes.
misconception-counts-for-bytes = This is the count of numbers. Each needs { $width } bytes.
misconception-other-precision = This is right for numbers of { $given } bits. Here a number has { $width } bits.
misconception-another-entry = This is another entry: { $entry }. Rows come first, and indices count from 0.
misconception-direct-uses-counted = This counts where { $variable } is used. A path goes on to the end, and can fork again on its way.
misconception-nodes-counted = This counts the operators on the paths. The question asks for the number of paths.
misconception-ready-too = { $operator } could run now as well, since all its inputs are there. The program has another operator first.
misconception-already-run = { $operator } has run already.
misconception-opposite-order = { $operator } is not next. Gradients travel from the objective to the inputs, against the order of the program.

## Page: tour

tour-empty = A tour needs at least one stop: a heading `## Title` with a caption below it.
tour-no-program = A tour needs a program or an example.
tour-title = Guided tour
tour-count = { $step } of { $count }
tour-back = Back
tour-next = Next
tour-done = Done
tour-close = Close the tour

## Page: lab

lab-title = Lab
lab-close = Close this panel
training-title = Training
memory-title = Memory
curvature-title = Curvature
shapes-title = Shapes
devices-title = Devices
health-title = Health
edits-title = Edits
builder-title = Build
practice-title = Practice

## Page: curvature

curvature-picture = Main picture
curvature-level-value = Value
curvature-level-gradient = Gradient
curvature-level-product = H·v
curvature-level-hessian = Hessian
curvature-level-value-told = The program’s own graph. A gradient is a graph too, and so is its derivative: choose one.
curvature-level-gradient-told = Forward and backward pass as one graph. The backward pass is vermilion; a dotted line ties a gradient to its variable.
curvature-level-product-told = The Hessian times a direction v, as a graph: what is needed for that alone. Dotted lines tie v and H·v to their parameters.
curvature-level-hessian-told = Every second derivative at once: the graph of H·v again for each parameter, with a unit vector as v.
curvature-costs = Cost relative to the forward pass
curvature-again = Measure again
curvature-level = Level
curvature-nodes = Nodes
curvature-nodes-told = { $operators } operators, { $variables } variables
curvature-flops = FLOPs
curvature-bytes = Bytes
curvature-time = Time
curvature-measured = Measured on the server, the median of several runs
curvature-reckoned = Reckoned: { $count } products
curvature-expected = The value with its gradient takes { $gradient } times the operations of the value alone, H·v { $product } times; neither factor grows with the number of parameters. The whole Hessian takes one product per parameter, { $count } here. With small arrays, calling operators takes longer than arithmetic, and measured ratios differ.
curvature-hessian = Hessian
curvature-hessian-label = Hessian, { $size } by { $size }, entries up to { $scale }
curvature-hessian-hint = { $size } by { $size }, entries up to ±{ $scale }. Point at an entry, or focus and use the arrow keys.
curvature-entry = { $row } and { $column }: { $value }
curvature-eigenvalues = Eigenvalues
curvature-eigenvalues-range = from { $low } to { $high }
curvature-eigenvalues-counts = { $positive } positive, { $negative } negative, { $flat } zero.
curvature-minimum = All curvatures are positive: the target bends up in every direction.
curvature-maximum = All curvatures are negative: the target bends down in every direction.
curvature-saddle = Curvatures of both signs: a saddle-shaped place.
curvature-flat = Along some directions the gradient does not change.
curvature-condition = Largest over smallest magnitude: { $value }.
curvature-large-parameters = The Hessian of { $value } parameters has { $numbers } numbers, one product a column; it is worked out up to { $limit } parameters. H·v and the curvature below need no matrix.
curvature-large-work = The Hessian would take { $value } floating-point operations; this server allows { $limit }. H·v and the curvature below need no matrix.
curvature-block = A block, in numbers
curvature-block-rows = Rows of the block
curvature-block-columns = Columns of the block
curvature-block-of = Second derivatives for { $name } and { $wrt }
curvature-line = Against the gradient, over the learning rate
curvature-parabola = parabola
curvature-line-told = Slope { $slope }, curvature { $curvature }.
curvature-line-best = The parabola is lowest at rate { $rate }: it promises { $promised }, really it is { $actual }.
curvature-line-none = The target does not bend up this way: the parabola has no lowest point.
curvature-steps = A gradient step and Newton’s
curvature-damping = Damping
curvature-steps-step = Step
curvature-steps-length = Length
curvature-steps-before = { $target } before
curvature-steps-after = { $target } after
curvature-gradient = Gradient
curvature-newton = Newton
curvature-take = Take it
curvature-take-label = Take it: { $name }
curvature-newton-minimum = Newton’s step goes to the lowest point of the parabola in all directions at once.
curvature-newton-maximum = Newton’s step goes to where the gradient would be zero: here that is uphill. Damping turns it downhill.
curvature-newton-saddle = Newton’s step goes to where the gradient would be zero, which is uphill along negative curvatures. Damping above their size turns it downhill.
curvature-newton-flat = Along flat directions Newton’s step does not move (the shortest of all solutions).

## Page: shapes

shapes-variable = Differentiated by
shapes-of = What is differentiated
shapes-number = a number
shapes-gradient-told = { $target } is a single number, so its gradient has one number for every number in { $name }: the same shape, { $shape }, { $count } in all.
shapes-gradient-scalar = { $target } and { $name } are single numbers, and so is the gradient.
shapes-gradient-zero = { $target } does not depend on { $name }: all of them are 0.
shapes-gradient-update = So an update can subtract it from { $name }, entry by entry.
shapes-gradient-label = Gradient by { $name }, { $shape }
shapes-jacobian-told = One number for every pair of a number in { $of } ({ $outer }) and one in { $name } ({ $inner }): the axes of { $of }, then those of { $name }, { $shape }, { $count } in all.
shapes-jacobian-scalar = { $of } is a single number: the Jacobian has the shape of { $name }, { $shape }.
shapes-jacobian-of = { $name } is a single number: the Jacobian has the shape of { $of }, { $shape }.
shapes-jacobian-through = { $of } does not read { $name } itself: this is the Jacobian through all that lies between.
shapes-jacobian-label = Jacobian of { $of } by { $name }, { $shape }
shapes-jacobian-zeros = { $zeros } of { $count } are 0.
shapes-jacobian-large = { $count } numbers are too many to look at here (up to { $limit }); some of the blocks are drawn without them.
shapes-jacobian-blocks = Each block belongs to one number of { $of } and has the shape of { $name }. Point at an entry, or focus and use the arrow keys.
shapes-entry = { $of } by { $name }: { $value }
shapes-product = What flows back
shapes-product-told = Backpropagation never builds the Jacobian. It multiplies the gradient at { $of } by it, and the axes of { $of } are summed away: { $gradient } numbers arrive at { $name }, not { $jacobian }.

## Page: training

training-data = Data
training-csv = CSV of your own
training-csv-text = Rows of examples, the targets last
training-csv-target = Target columns
training-count = Examples
training-noise = Noise
training-seed = Seed
training-optimizer = Optimiser
training-rate = Learning rate
training-schedule = Schedule
training-batch = Batch size
training-batch-own = own
training-batch-fit = Use minibatches of { $count }
training-grown = The loss is more than 1000 times the first one: use a smaller learning rate or standardise the inputs.
training-size-fit = Change the size { $from } in the program to { $to }
training-size-none = No size of the program can be changed from { $from } to { $to } alone: change its declarations.
training-table-complete = Leave out the rows with missing values
training-table-row = Leave out line { $number }
training-table-column = Leave out the column { $column }
training-steps = Steps
training-setting-momentum = Momentum
training-setting-decay = Decay
training-setting-beta1 = β₁
training-setting-beta2 = β₂
training-setting-weight_decay = Weight decay
training-setting-every = Every
training-setting-steps = Over steps
training-setting-floor = Floor
training-schedule-constant = constant
training-schedule-step = in steps
training-schedule-exponential = exponential
training-schedule-cosine = cosine
training-schedule-warmup = warm-up

## Page: data

data-xor = xor
data-circles = circles
data-moons = moons
data-spirals = spirals
data-blobs = blobs
data-sine = sine
data-line = line
data-linear = linear
data-shapes = shapes

## Page: training

training-run = Run
training-pause = Pause
training-step = One step
training-again = Same start
training-reset = New start
training-use = Use these values
training-use-words = Puts the trained values in place of the program's, for the graph, the address and exports
training-save = Download values
training-save-words = The trained values as a .safetensors file
training-load = Load values
training-load-words = Values of a .safetensors file, by the names of the program
training-load-wrong = This file has no values for the variables of the program: a .safetensors file with their names is needed.
training-standardize = Standardise the inputs (mean 0, deviation 1)
training-ascent = Ascent: a negative learning rate climbs.
training-status-start = Nothing trained yet.
training-status = Step { $step }, epoch { $epoch }, rate { $rate }
training-more = All steps are made: to go on, raise Steps.
training-status-opened = Step { $step } of a run, which goes on from here.
training-loss = Loss
training-loss-train = training
training-loss-held = validation
training-norms = Gradient norms
training-start = Start
training-hint = The picture shows the examples and the current prediction. Run, or go step by step.
training-blank = The loss will be plotted here
training-blank-norms = One line for each parameter
training-norms-vanishing = The gradient vanishes on the way back: at { $first } it is { $ratio } times smaller than at { $last }.
training-norms-exploding = The gradient explodes on the way back: at { $first } it is { $ratio } times larger than at { $last }.
training-spread = How the numbers are spread
training-spread-of = Parameter
training-spread-parameter = Parameter: each column is the histogram at one step; darker means more values
training-spread-gradient = Its gradient
training-spread-label = { $name }: from { $low } to { $high } at step { $step }
training-compare = Keep to compare
training-compare-drop = Drop the kept run
training-compare-kept = kept
training-compare-now = now
training-compare-told = Kept: { $words }.
training-compare-same = Nothing is changed yet: change one thing and run.
training-compare-one = Changed: { $changes }.
training-compare-many = More than one thing is changed: { $changes }.
training-diverged-update = The last update made { $name } overflow: the learning rate is too large.
training-diverged-given = { $name } was given a value that is not finite.
training-surface = Decision surface
training-fit = Fitted values
training-log = log
training-sweep-title = Several runs at once
training-sweep-hint = Runs this training for every combination of the numbers below, as one job.
training-sweep-rates = Learning rates
training-sweep-seeds = Seeds
training-sweep-size = Size to change
training-sweep-none = none
training-sweep-widths = Its values
training-sweep-run = Run all
training-sweep-stop = Stop
training-sweep-resume = Continue
training-sweep-progress = Finished runs
training-sweep-status = { $done } of { $total } runs finished.
training-sweep-best = Lowest loss { $loss }: { $run }.
training-sweep-left = The time of one job is over; Continue runs what is left.
training-sweep-mark = best
training-sweep-diverged = diverged
training-sweep-refused = refused
training-accuracy = accuracy { $share }
training-rmse = RMSE { $value }
training-finished = All steps are made.
training-open = Open this step in the player
training-update = The update of step { $step }
training-update-averaged = The player shows the first of the { $count } examples of this step; the update averages the gradients of all.
training-update-next = The next forward pass reads the parameters that this update leaves.
training-told = { $name } loss { $value }
training-diverged-gradient = The gradient of { $variable }
training-diverged = { $name }, computed in line { $line }, is NaN or infinite: the { $phase } pass stops there. A smaller learning rate may keep it finite.
training-chart = { $name }: { $first } at step { $from }, { $last } at step { $to }

## Page: memory

memory-curves = Live bytes over the steps
memory-curves-told = Live bytes over the steps: training { $training }; prediction { $prediction }
memory-training = training
memory-prediction = prediction
memory-prediction-run = prediction: live at the peak
memory-checkpointed = checkpointed
memory-peak = peak { $bytes } at { $name }
memory-moment = Step { $step } of { $count }: { $name }, { $bytes }
memory-live = Live: { $names }
memory-hint = Move over the curves, or along them with the arrow keys, to see which buffers are live.
memory-freed = Freed after it: { $names }
memory-more = { $count } more
memory-footprint = A training step beside a prediction
memory-parameters = parameters
memory-data = data
memory-optimizer = optimiser state
memory-gradients = gradients
memory-activations = activations
memory-intermediate_gradients = intermediate gradients
memory-workspace = workspace
memory-rest = gaps
memory-total = in all
memory-optimizer-label = Optimiser
memory-checkpointing = Gradient checkpointing
memory-checkpointing-told = { $segments } { $segments ->
        [one] segment
       *[other] segments
    }; { $recomputed } { $recomputed ->
        [one] operator runs
       *[other] operators run
    } twice for { $flops } more { $flops ->
        [one] operation
       *[other] operations
    } ({ $share }); peak { $before } becomes { $after }; gradients { $same }.
memory-same = the same, bit for bit
memory-other = differ
memory-saved = Saved for the backward pass
memory-saved-by = needed by { $operators }
memory-saved-none = nothing of its own
memory-symbols = In symbols, numbers to hold
memory-symbols-none = No size of this program can be another number by itself.
memory-named = The program gives its sizes as numbers; here they are called { $line }.
memory-named-write = Write these names into the program
memory-output = Prediction
memory-formula-here = { $count } for these sizes
memory-formula-near = (exact for these sizes; for some larger ones the count is another)
memory-formula-conditions = It holds for
memory-size = Peaks over
memory-size-at = { $size } = { $value }: training { $training }, prediction { $prediction }
memory-measured = Measured peak of one run: { $measured }, planned { $planned }. What is measured includes Python's own objects, some kilobytes that no larger array adds to.
memory-saved-total = { $bytes } in all
memory-formula-parameters = parameters
memory-formula-data = data
memory-formula-gradients = gradients
memory-formula-saved = saved
memory-formula-prediction = prediction
memory-formula-training = training

## Page: devices

devices-count = Devices
devices-memory = Memory a device
devices-memory-none = no limit
devices-rate = Speed of a device
devices-bandwidth = Bandwidth of a link
devices-latency = Latency of a message
devices-microbatches = Microbatches
devices-optimizer = Optimiser
devices-verdict-over = A training step needs { $whole } on one device. Over { $asked } { $asked ->
        [one] device
       *[other] devices
    } each needs { $least } at least: { $limit } is too little.
devices-verdict-free = A training step needs { $whole } on one device; without a limit it is split for speed alone.
devices-verdict-one = A training step needs { $whole }: one device of { $limit } holds it. It is split for speed alone.
devices-verdict-split = A training step needs { $whole }: one device of { $limit } cannot hold it, { $used } of them can.
devices-fewer = { $used } of { $asked } devices { $used ->
        [one] is
       *[other] are
    } used: with more the slowest stage would be no faster.
devices-algorithm = Cut by dynamic programming over the topological order, as in PipeDream (2019): first the memory limit, then the slowest stage, then the bytes over the cuts.
devices-stages = What each device holds
devices-work = { $share } of the work
devices-updates = updates { $names }
devices-links = Over the links in one step
devices-link-forward = { $bytes } forward
devices-link-backward = { $bytes } back
devices-link-parameter = { $bytes } of parameters
devices-on = on device { $devices }
devices-part = each of { $devices } devices does a part
devices-timeline = Timeline of a step
devices-timeline-label = Timeline of a step, { $strategy }: { $devices } { $devices ->
        [one] device
       *[other] devices
    }, { $time }, busy { $share } of the time. Arrow keys go from bar to bar.
devices-timeline-hint = Point at a bar and its operators light up; point at a mark of the graph and its bars do.
devices-timeline-words = The timeline in words
devices-timeline-row = Device { $device } works from { $start } to { $end }: { $forward } forward, { $backward } backward; it sends { $bytes } and is busy { $share } of the step.
devices-bar-forward = forward
devices-bar-backward = backward
devices-bar-update = update
devices-bar-transfer = sending
devices-bar-computes = Device { $device }: { $kind }, microbatch { $number }, from { $start } to { $end }
devices-bar-sends = Device { $device } sends { $bytes } to device { $target }, from { $start } to { $end }
devices-compare = Ways to make one step
devices-column-strategy = Strategy
devices-column-memory = Memory
devices-column-moved = Moved
devices-column-time = Time
devices-column-busy = Busy
devices-strategy-one_device = One device
devices-strategy-model_parallel = Model parallel
devices-strategy-pipeline = Pipeline
devices-strategy-tensor_parallel = Tensor parallel
devices-strategy-data_parallel = Data parallel
devices-strategy-gradient_accumulation = Gradient accumulation
devices-strategy-smaller_minibatch = Smaller minibatch
devices-about-one_device = Everything in one place: what the others are measured by.
devices-about-model_parallel = The graph in { $devices } { $devices ->
        [one] stage
       *[other] stages
    }, one at work at a time.
devices-about-pipeline = The same stages, kept busy by { $count } { $count ->
        [one] microbatch
       *[other] microbatches
    }.
devices-about-tensor_parallel = { $products } { $products ->
        [one] product
       *[other] products
    } divided over { $devices } { $devices ->
        [one] device
       *[other] devices
    }.
devices-about-data_parallel = { $devices } { $devices ->
        [one] copy of everything has
       *[other] copies of everything share
    } the { $whole } examples; gradients are summed.
devices-about-gradient_accumulation = One device; the { $whole } examples in { $count } { $count ->
        [one] part
       *[other] parts, one after another,
    } and one update.
devices-about-smaller_minibatch = One device with { $examples } of the { $whole } examples at a time.
devices-over = over { $limit }
devices-for-memory = { $share } of one device's memory
devices-for-time = { $times } times as fast
devices-for-moved = sends nothing
devices-against-memory = memory { $share } of one device's
devices-against-time = { $times } times as slow
devices-against-moved = sends { $bytes }, { $share } of the time
devices-against-bubble = idle { $share } of the time
devices-against-steps = { $steps } { $steps ->
        [one] step
       *[other] steps
    } for the same examples
devices-missing-memory = Over { $devices } { $devices ->
        [one] device
       *[other] devices
    } each needs { $bytes }.
devices-missing-batch = No named size of this program is that of a minibatch, as n would be in n = 8 and X: input[n, 2].
devices-missing-products = No product with a parameter can be divided by { $devices }.
devices-missing-examples = { $examples } { $examples ->
        [one] example is
       *[other] examples are
    } not enough for { $devices } devices.
devices-execute = Run on the cluster
devices-execute-running = Running on the cluster's workers…
devices-execute-same = Executed on { $workers } workers in { $microbatches } microbatches: the gradients are equal in every bit to those of one machine.
devices-execute-other = Executed on { $workers } workers: some gradients differ from those of one machine.
devices-planned = Planned
devices-moved = Moved
devices-measured = Measured
devices-verify = Run it stage by stage and compare gradients
devices-verify-running = Running…
devices-verify-same = The { $count } gradients of the split graph equal those of the whole bit for bit: { $names }.
devices-verify-other = These gradients differ: { $names }.

## Page: builder

builder-how = Drag an operator into the graph, then drag a variable onto each of its ports. Or press instead of dragging: press a variable, then a port. Each step is a line of the program.
builder-variables = Variables
builder-operators = Operators
builder-search = Search operators
builder-found = { $count ->
        [one] 1 operator
        *[other] { $count } operators
    }
builder-line = Line { $line }: { $text }
builder-removed = Line { $line } is removed.
builder-undo = Undo
builder-picked = { $name } ({ $shape }) is picked. Press the port that is to read it.
builder-inspect = Inspect
builder-remove = Remove
builder-close = Close this card
builder-attributes = Attributes
builder-result = name of the result
builder-place = Place
builder-port = Port { $name }: the name of a variable, or a number
builder-drop = drop a variable
builder-optional = optional
builder-connect = Connect port { $name }
builder-connect-picked = Connect { $source } to port { $name }
builder-name = name
builder-shape = shape
builder-value = value
builder-drawn = drawn at random

## Page: practice

practice-mode = What to practise
practice-fading = Fill in the backward pass
practice-fading-how = The last step is blank, then the last two, and one more each round.
practice-predict = Predict the next step
practice-predict-how = Before each step plays, say what it will do.
practice-fresh = Other numbers in each round
practice-kinds = What to predict
practice-operator = the operator
practice-shape = the shape
practice-sign = the sign
practice-number = the number
practice-start = Start
practice-again = Start again
practice-next = Next
practice-finish = Finish
practice-round = Round { $round } of { $rounds }
practice-step = Step { $step } of { $steps }
practice-progress = Question { $at } of { $count }
practice-no-gradients = This graph has no gradient that could be filled in: the program has no scalar to differentiate.
practice-nothing = This graph has no step that could be predicted.
practice-score = { $right } of { $count } right at the first attempt
practice-first = The first mistake: { $name }. { $question }
practice-gradient = the gradient of { $name }
practice-show = Show it in the graph
practice-faultless = No mistake.
practice-right = right
practice-wrong = { $attempts ->
        [one] 1 attempt
        *[other] { $attempts } attempts
    }
practice-skipped = not answered
practice-round-short = round
practice-step-short = step
practice-question = question
practice-result = result

## Page: edits

edits-make = Change the graph
edits-bias = Add a bias
edits-activation = Change an activation
edits-layer = Add a layer after
edits-dropout = Add dropout after
edits-skip = Add a skip connection
edits-decay = Add weight decay
edits-sizes = Name the sizes
edits-missing = Edits that do not apply here ({ $count })
edits-missing-bias = Every layer already has a bias.
edits-missing-activation = No activation is called.
edits-missing-layer = No activation comes after or before a product with a parameter.
edits-missing-dropout = No activation is read by a later product.
edits-missing-skip = No activation of a product has the shape of what the product is made of.
edits-missing-decay = A parameter is squared already, or no product with one is compared with a target.
edits-missing-sizes = No number in the brackets of a declaration can be another by itself.
edits-compare = Compare with
edits-nothing = nothing
edits-session = Earlier in this session
edits-earlier = { $number } back: { $line }
edits-shorter = fewer lines
edits-hint = Make an edit, or choose a program to compare this one with.
edits-same = The two graphs are the same.
edits-summary = { $added } nodes added, { $changed } changed, { $removed } removed; the values of { $downstream } more follow.
edits-added = new
edits-changed = changed
edits-removed = gone
edits-downstream = follow
edits-reason-shape = shape
edits-reason-role = role
edits-reason-value = value
edits-reason-operator = by another operator
edits-reason-attributes = attributes
edits-reason-inputs = reads something else
edits-forward = Forward equations that differ ({ $count })
edits-backward = Backward equations that differ ({ $count })
edits-before = Before
edits-after = After
edits-none = none
edits-back = Back to that program

## Page: training

training-clip = Clip norm
training-clip-none = none
training-hint-plain = Run, or go step by step.

## Page: data

data-own = shown

## Page: training

training-none = There is nothing to train: it takes a scalar to lower and a parameter to change.

## Page: health

health-about = What is wrong with this network, in this run? Each finding has its numbers, its place in the graph, and what to try.
health-rate = Learning rate
health-fine = Nothing found: gradients reach every parameter and are of similar size, no unit is dead or saturated, and all numbers are finite.
health-count = { $count } { $count ->
    [one] finding
   *[other] findings
}
health-none = This program has no scalar to differentiate, so there are no gradients to check.
health-show = Show in the graph

## Reference pages

reference-title = Operators
reference-filter = Filter the operators
reference-words = Every operator of the program language. Names and semantics follow NumPy, and torch.nn.functional for networks. Parameters without a default are variables or numbers; those with one are attributes, which must be known before anything runs, or may be left out.
reference-none = There is no such operator.
reference-opens = A composition: its circle opens on the page.
reference-stops = Stops the gradient.
reference-kink = Where it is not differentiable, the subgradient is
docs-note = Every endpoint of the service, written from its OpenAPI document. Each can be tried here (Try it out): fill in the request, press Execute, read the answer. An error is answered with a problem document (RFC 9457), which says where it is and what would be right.
docs-operators = Operators
docs-chapter = Chapter
family-activations = Activations
family-alignment = Alignment
family-arithmetic = Arithmetic
family-arrange = Arrange
family-attention = Attention
family-classes = Classes
family-classification = Classification
family-convolution = Convolution
family-cumulative = Cumulative
family-decompositions = Decompositions
family-einsum = Einsum
family-elementary = Elementary
family-embeddings = Embeddings
family-extremes = Extremes
family-indexing = Indexing
family-joining = Joining
family-layers = Layers
family-linalg = Linalg
family-losses = Losses
family-margins = Margins
family-matrices = Matrices
family-normal = Normal
family-normalization = Normalization
family-norms = Norms
family-order = Order
family-placing = Placing
family-pooling = Pooling
family-recurrent = Recurrent
family-reductions = Reductions
family-resampling = Resampling
family-rounding = Rounding
family-sampling = Sampling
family-shape = Shape
family-sorting = Sorting
family-special = Special
family-spectral = Spectral
family-statistics = Statistics
family-warping = Warping
family-windows = Windows
