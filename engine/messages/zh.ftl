### 简体中文：Tidegraph 的全部文字。英文见 en.ftl；加一条消息见 docs/messages.md。

language-name = 简体中文

## General

list-separator = 、
list-and = { $names } 和 { $last }
list-or = { $names } 或 { $last }
operands = { $shapes }
has-shape = { $name } 的形状为 { $shape }
in-node = 节点 { $name }
in-context = { $context }：{ $problem }
fed = 接收数据的有：{ $names }
did-you-mean = 是不是 { $name }？
one-of = 可以是 { $names }

## Errors: the program

nested-too-deeply = 程序嵌套得太深
    .hint = 把表达式分成几行
unknown-theme = 没有主题 { $theme }
    .hint = light 或 dark
unknown-name = { $name } 没有定义

## Errors: shapes and operators

does-not-broadcast = 第 { $axis } 轴的尺寸为 { $sizes }，不能广播
    .hint = 从最后一轴数起，尺寸要相等或为 1
prelu-weight = prelu 的权重的形状为 { $shape }
    .hint = 一个数，或每个通道一个，共 { $channels } 个
gelu-approximate = gelu 没有近似方式 { $given }
    .hint = approximate="none" 或 approximate="tanh"
not-whole-numbers = { $name } 由整数组成，不是 { $given }
below-least = { $name } 不小于 { $least }，不能是 { $given }
not-one-whole-number = { $name } 是一个整数，不是 { $given }
axes-reversed = 轴 { $start } 在轴 { $end } 之后
moveaxis-axes = source 与 destination 的轴数要相同，且各不重复
concatenate-scalars = 标量没有可拼接的轴
    .hint = stack((a, b)) 把标量合成向量
repeat-count = repeats 有 { $count } 个数，而轴的尺寸为 { $size }
roll-count = shift 有 { $count } 个数，axis 有 { $axes } 个
unknown-mode = 没有模式 { $mode }
squeeze-axis = 轴 { $axis } 的尺寸为 { $size }，只有尺寸为 1 的轴可以去掉
concatenate-shapes = { $a } 与 { $b } 不只在轴 { $axis } 上不同
split-axis = 轴 { $axis } 的尺寸为 { $size }，不是 { $count } 的倍数
pad-width = pad_width 是一个数、一对数或 { $axes } 对数，不是 { $given }
pad-empty-axis = 轴 { $axis } 是空的，没有可用来填充的元素
causal-mask-shape = causal_mask 要形状为 [查询数, 键数] 的分数，不是 { $shape }
attention-axes = 注意力要查询、键和值，形状为 [..., 长度, 特征数]
attention-features = 查询有 { $queries } 个特征，键有 { $keys } 个
attention-keys = 键有 { $keys } 个，值有 { $values } 个
multi-head-axes = multi_head_attention 要查询、键和值，形状为 [长度, 批量, 特征数]
attention-heads = { $features } 个特征不能分给 { $heads } 个头
in-proj-weight = in_proj_weight 叠放三个 { $features } 行 { $features } 列的矩阵，它的形状为 { $shape }
mask-shape = 掩码的形状为 { $mask }，分数的形状为 { $scores }
label-shape = 标签的形状为 { $labels }，而形状为 { $scores } 的分数要形状为 { $needed } 的标签
no-classes = 没有可选的类别
unknown-label = { $count } 个类别中没有标签 { $label }
    .hint = 标签从 0 到 { $last }
class-weights = 类别权重的形状为 { $shape }，而类别有 { $classes } 个
cross-entropy-scalar = cross_entropy 要每个类别的分数，不是标量
label-smoothing = label_smoothing 在 0 与 1 之间，不能是 { $given }
multi-margin-scores = multi_margin_loss 要一批分数，形状不能是 { $shape }
margin-p = p 是 1 或 2，不是 { $given }
convolution-axes = 卷积要形状为 [..., 通道数, 尺寸] 的 x 和形状为 [特征数, 通道数, 卷积核] 的 w
convolution-groups = { $channels } 个通道与 { $features } 个特征不能分成 { $groups } 组
transposed-convolution-axes = 转置卷积要形状为 [..., 通道数, 尺寸] 的 x 和形状为 [通道数, 特征数, 卷积核] 的 w
kernel-channels = x 有 { $channels } 个通道，而卷积核要 { $expected } 个
convolution-windows = y 有 { $windows } 个窗口，而卷积核放得下 { $fits } 次
convolution-more-axes = x 与 y 要有通道和另外 { $axes } 个轴
convolution-result = y 的形状为 { $y }，而形状为 { $x } 的卷积的形状为 { $result }
bias-shape = 偏置的形状为 { $shape }，而结果有 { $channels } 个通道
kernel-axes = { $name } 要 { $axes } 个轴的卷积核，形状不能是 { $shape }
batch-channels-axes = { $name } 要批量、通道和另外 { $axes } 个轴，形状不能是 { $shape }
padding-same-stride = padding "same" 要步幅为 1
unknown-padding = 没有填充方式 { $padding }
    .hint = "same"、"valid" 或每轴一个数
output-padding = output_padding 要小于步幅或膨胀
recurrence-shapes = recurrence 要形状相同的数组，不是 { $a } 与 { $b }
not-an-array = { $value } 不是数组
    .hint = 嵌套列表的各行要一样长
several-arrays = 这里要一个数组，不是 { $count } 个
    .hint = stack((a, b)) 把几个合成一个
axis-not-whole = 轴是整数，不是 { $given }
axis-twice = 轴 { $axis } 把同一个轴写了两次
shape-not-whole = 形状由不小于 { $least } 的整数组成，不是 { $given }
not-a-number = { $name } 是数，不是 { $given }
operand-count = { $name } 要 { $count } 个操作数，这里给了 { $given } 个
argument-twice = { $name } 的 { $argument } 给了两次
argument-missing = { $name } 缺少 { $argument }
attribute-not-bool = { $name } 的 { $argument } 是 True 或 False，不是 { $given }
attribute-not-number = { $name } 的 { $argument } 是数，不是 { $given }
unknown-argument = { $name } 没有参数 { $argument }
attribute-not-known = { $name } 的 { $argument } 必须在运行前已知
cofactor-shapes = cofactor_slope 要两个尺寸相同的方阵，形状不能是 { $a } 与 { $b }
solve-rows = 矩阵有 { $rows } 行，右端有 { $right } 行
einsum-subscripts = 下标是文字，不是 { $given }
    .hint = einsum("ij,jk->ik", A, B)
einsum-operands = { $subscripts } 写了 { $named } 个操作数，给了 { $given } 个
einsum-result = 结果 { $result } 中有操作数没有的标记，或有重复的标记
einsum-ellipsis = 省略号所指的轴会保留：结果里也要写 ...
einsum-letters = { $part } 不是由字母组成
    .hint = 标记是字母，如 ij,jk->ik
einsum-axes = { $part } 没有标出操作数的 { $axes } 个轴
einsum-sizes = 标记 { $label } 的尺寸既是 { $first } 又是 { $second }
derivative-order = 导数的阶是 0 到 40 的整数，不是 { $given }
extreme-of-nothing = 空数组没有最大或最小的元素
index-out-of-range = 尺寸为 { $size } 的轴没有索引 { $index }
    .hint = 0 到 { $last } 的整数
computed-mask = 由计算得来的掩码使结果的尺寸无法预知
    .hint = 用 where(mask, x, 0)
index-empty-axis = 尺寸为 0 的轴没有可索引的元素
index-add-source = 索引应为向量，来源的形状应为 { $wanted }，不是 { $shape }
gather-shape = 索引的形状为 { $indices }，除轴 { $axis } 外要放得进 { $shape }
scatter-shape = 来源的形状为 { $source }，索引的形状为 { $indices }，两者应当相同
take-along-axes = 数组的形状为 { $shape }，索引的形状为 { $indices }：轴数应当相同
take-each-operands = take_each 要一个数组，以及每个轴的索引
take-each-axes = { $count } 个索引要 { $count } 个从小到大的轴，不是 { $axes }
embedding-weight = 权重的形状为 { $shape }，应为矩阵
    .hint = 每个索引一行
does-not-broadcast-two = 轴 { $axis } 的尺寸为 { $first } 与 { $second }，不能广播
linear-weight = linear 的权重的形状为 [输出数, 输入数]，不是 { $shape }
linear-inputs = x 的形状为 { $shape }，它的最后一轴应为权重的 { $inputs } 个输入
bilinear-weight = bilinear 要向量，权重的形状为 [输出数, 输入数1, 输入数2]，不是 { $shape }
batches-differ = 批量 { $a } 与 { $b } 不同
glu-axis = glu 把一轴分成两半，而轴 { $axis } 有 { $size } 个元素
dropout-p = p 是概率，不能是 { $given }
seed = 种子是不小于 0 的整数，不是 { $given }
matmul-scalar = matmul 要向量或矩阵，而有一个操作数是标量
    .hint = 缩放用 *
inner-sizes = 内侧尺寸 { $left } 与 { $right } 不等
tensordot-axes = 形状 { $a } 的轴 { $first } 与形状 { $b } 的轴 { $second } 不能配对
diagonal-axes = 对角线要在两个不同的轴上
diag-shape = diag 用于向量或矩阵，形状不能是 { $shape }
    .hint = 成批的用 diagonal(x)
triangle-shape = 三角是矩阵的一部分，而这里的形状是 { $shape }
tensordot-axes-form = axes 是一个数，或分别给出两个操作数的轴
tensordot-too-few-axes = { $a } 与 { $b } 没有 { $count } 个可求和的轴
cross-axis = 叉积用于三维向量，而轴 { $axis } 有 { $size } 个元素
unknown-reduction = 没有归约方式 { $reduction }
equal-shapes = { $name } 要形状相同的数组，不是 { $shapes }
squared-error-shapes = squared_error 要形状相同的数组，不是 { $o } 与 { $y }
variance-shape = 形状为 { $variances } 的方差与形状为 { $means } 的均值对不上
cosine-labels = 两批等长的向量每对要一个标签，标签的形状不能是 { $shape }
triplet-scalars = triplet_margin_loss 要向量
running-statistics = 需要 { $channels } 个通道累积的均值与方差
    .hint = 或 training=True
batch-norm-axes = batch_norm 要批量和通道，形状不能是 { $shape }
instance-norm-axes = instance_norm 要批量、通道和更多的轴，形状不能是 { $shape }
layer-norm-axes = { $shape } 的最后各轴不是 { $last }
group-norm-axes = group_norm 要批量和通道，形状不能是 { $shape }
local-response-axes = local_response_norm 要批量、通道和更多的轴，形状不能是 { $shape }
norm-parameter-shape = { $name } 的形状为 { $shape }，而标准化的各轴的形状为 { $wanted }
norm-order = 矩阵范数没有阶 { $order }
    .hint = None, "fro", "nuc", 1, -1, 2, -2, inf, -inf
window-axes = 跨 { $axes } 个轴的窗口放不进 { $shape }
nothing-to-pool = { $shape } 中没有可汇聚的元素
pool-padding = 填充 { $padding } 超过窗口 { $window } 的一半
pool-averages = 平均值的形状为 { $shape }，而窗口放得下 { $fits } 次
gate-rows = { $name } 叠放 { $count } 个门，而形状 { $shape } 的行数不是 { $count } 的倍数
unknown-nonlinearity = 没有非线性 { $given }
    .hint = "tanh" 或 "relu"
too-many-chosen = 一次最多选取 { $most } 个元素，给出的是 { $given }
resample-arguments = 重采样要每个尺寸一个步长，模式为 nearest、linear 或 area
resample-shape = { $shape } 不能重采样为 { $sizes }
interpolate-size = interpolate 要 size 或 scale_factor 之一
    .hint = scale_factor=2
scale-factor = scale_factor 是一个正数或 { $count } 个正数，不是 { $given }
scaled-to-nothing = { $sizes } 缩放 { $factor } 后没有元素
    .hint = 用大一些的 scale_factor
interpolate-axes = interpolate 要批量、通道和更多的轴，形状不能是 { $shape }
unknown-mode-for-axes = { $axes } 个轴没有模式 { $mode }
output-size-count = output_size 有 { $count } 个数，而轴有 { $axes } 个
upscale-factor = upscale_factor 是不小于 1 的整数，不是 { $given }
pixel-shuffle-shape = pixel_shuffle 要两轴之前的通道数是 { $factor } 的倍数，形状不能是 { $shape }
decimals = decimals 是 -300 到 300 的整数，不是 { $given }
two-open-sizes = 只能有一个尺寸写作 -1
reshape-elements = { $shape } 有 { $elements } 个元素，与 { $wanted } 对不上
transpose-axes = axes 是包含 { $shape } 每个轴的元组，不是 { $axes }
transpose-permutation = { $axes } 不是 { $count } 个轴的排列
broadcast-to = { $shape } 不能广播为 { $wanted }
sum-to = { $shape } 不是由 { $wanted } 广播而来
stack-shapes = stack 要形状相同的数组，不是 { $shapes }
put-shape = 索引选出的形状为 { $selected }，而输入的形状为 { $shape }
cannot-index = 不能这样索引 { $shape }：{ $reason }
topk-k = k 是 0 到 { $most }（轴的尺寸）的整数，不是 { $given }
median-of-nothing = 空数组没有中位数
polygamma-n = n 是 1 到 100 的整数，不是 { $given }
    .hint = digamma(x) 就是被求导的函数
numbers-for-axes = { $name } 有 { $count } 个数，而轴有 { $axes } 个
window-numbers = { $name } 是不小于 { $least } 的整数，不是 { $given }
unfold-axes = unfold 要批量、通道和另外 { $axes } 个轴，形状不能是 { $shape }
fold-axes = fold 要批量、行和列，形状不能是 { $shape }
fold-rows = { $rows } 行不是窗口 { $elements } 个元素的倍数
fold-columns = x 有 { $columns } 列，而窗口在 { $shape } 中放得下 { $fits } 次
window-too-large = { $window } 的窗口放不进 { $size } 的轴
    .hint = 加填充，或用小一些的卷积核
channel-groups = { $channels } 个通道不能分成 { $groups } 组
kernel-channels-in-groups = x 有 { $channels } 个通道，分成 { $groups } 组，而卷积核要 { $expected } 个
attribute-not-positive = { $name } 为正，不能是 { $given }
attribute-not-scalar = { $name } 的 { $argument } 是一个数，不是形状为 { $shape } 的数组
axis-out-of-range = 共 { $count } 个轴，没有轴 { $axis }
    .hint = 轴从 0 到 { $last }
axis-of-scalar = 没有轴 { $axis }：标量没有轴
einsum-refused = { $reason }
square-matrix-needed = { $name } 要方阵或一叠方阵，形状不能是 { $shape }
matrix-needed = { $name } 要矩阵或一叠矩阵，形状不能是 { $shape }

needs-an-array = { $name } 至少要一个数组
needs-shape = { $name } 需要形状 { $needed }，这里是 { $shape }
option-not-known = { $option } 的值 { $given } 不可用
    .hint = { $known }
do-not-fit = { $name }：形状 { $left } 与 { $right } 不匹配
length-not-valid = { $name } 的长度为 { $given }，应在 { $least } 到 { $most } 之间
## Errors: code for other frameworks

unknown-framework = 不能导出为 { $name }
    .hint = 可选：{ $names }
needs-package = 没有安装 { $package } 包
    .hint = pip install "tidegraph[{ $extra }]"
no-spelling = { $framework } 没有与这些参数下的 { $name } 等价的写法
    .hint = 请导出为 NumPy：每个运算符在那里都有写法

## Errors: values and options

unknown-variable = 没有变量 { $name }
value-shape = { $name } 的形状为 { $shape }，给出的值的形状为 { $given }
unknown-size = 程序中没有名为 { $name } 的尺寸
not-a-minibatch-size = { $name } 不是小批量的尺寸
    .hint = 给小批量的尺寸命名：n = 8，X: input[n, 2]
computed-not-moved = { $name } 是算出来的
    .hint = 只有声明的变量可以移动
nothing-to-recompute = 没有可以重新计算的运算
    .hint = 目标是声明的变量
too-many-segments = { $operators } 个运算符不能切成 { $segments } 段
no-parameter-to-differentiate = 没有可以对其求导的参数
    .hint = 声明一个参数：W: parameter[3]
hessian-too-large = { $parameters } 个参数的海森矩阵有 { $entries } 个元素
    .hint = 最多 { $most } 个参数；更多时请用 H·v
hessian-not-finite = 此处的海森矩阵不是有限的
    .hint = 换一组数值
not-a-parameter = { $name } 是算出来的，不是参数
    .hint = 可选：{ $names }
unknown-derivative-order = 没有可画的导数阶 { $level }
hessian-graph-too-large = 整个海森矩阵的图约有 { $operators } 个运算符：{ $parameters } 个参数，每个参数一份 H·v 的图
    .hint = 最多画 { $most } 个；H·v 就是其中的一份
not-a-float-leaf = { $name } 不是声明的浮点变量
    .hint = 可选：{ $names }
direction-shape = { $name } 的形状为 { $shape }，方向的形状为 { $direction }
attribute-data = 属性不能是 { $value }
    .hint = 可以是数、字符串、列表，或带标记的切片、数组
graph-data-malformed = 计算图的数据有误：{ $kind } { $reason }
    .hint = 可参照跟踪（trace）中的 graph
duplicate-node = 两个节点的 id 相同
edge-between-alike = 从 { $source } 到 { $target } 的边连接了两个同类的节点
    .hint = 边连接变量和运算符
port-connected-twice = { $name } 的端口 { $port } 连接了两次
cycle = 计算图中有经过 { $name } 的环
    .hint = 计算图没有环
unknown-node-role = { $name } 的角色是 { $role }
    .hint = input、target、parameter 或 constant
impossible-shape = { $name } 的形状 { $shape } 不成立
initial-value-shape = { $name } 的形状为 { $shape }，它的值的形状为 { $given }
node-unknown-operator = { $name }：没有运算符 { $op }
node-composite-operator = { $name }：{ $op } 由其他运算符组成
    .hint = 请列出那些运算符，以及它们所在的作用域
unknown-scope = 没有作用域 { $name }
scope-inside-itself = 作用域 { $name } 包含了它自己
edge-without-node = 有一条边用到 { $name }，但没有这个节点
computed-twice = { $name } 由两个运算符算出
no-such-output = { $name } 有 { $count } 个输出，没有第 { $port } 个
port-not-connected = { $name }：端口 { $port } 没有连接
    .hint = 它的端口是 0 到 { $last }
target-not-float = 目标 { $name } 是 { $kind }，只有浮点数可以求导
size-has-no-gradient = { $name } 没有梯度：程序把它用作尺寸或选项
    .hint = { $name } 换一个值，就是另一个计算图
no-target = 没有可以求导的标量
    .hint = 程序末尾要有一个标量，例如 J = sum(y ** 2)
operators-out-of-order = 运算符的次序不对：{ $operator } 排在它的输入之前
nothing-to-split = 没有可以划分的运算
    .hint = 目标是声明的变量
device-count = 设备数是不小于 1 的整数，不是 { $given }
devices-too-small = { $devices } 台 { $memory } 字节的设备放不下一步训练
    .hint = { $devices } 台设备时每台要 { $least } 字节；请增加设备或减小小批量
latency-negative = 延迟不小于 0，不能是 { $given }
not-positive = { $name } 大于 0，不能是 { $given }
unequal-microbatches = { $examples } 个样本分不成 { $microbatches } 个相等的微批
too-few-examples = { $examples } 个样本不够 { $devices } 台设备分
nothing-to-shard = 没有含参数的矩阵乘积可以分给 { $devices } 台设备
unknown-dtype = 不支持 dtype { $dtype }
    .hint = float64 或 float32
unknown-keep = 没有 keep={ $given }
value-not-all-numbers = { $name } 里只能有数
    .hint = { $name } 的形状为 { $shape }
value-rows-differ = { $name }：各行长度不同
    .hint = { $name } 的形状为 { $shape }
size-is-fixed = { $name } 是尺寸，读程序时就已确定
    .hint = 请在程序中改
computed-not-set = { $name } 是算出来的，不能设定
    .hint = 可以设定：{ $names }
picture-too-large = { $count } 个节点的图画出来无法辨认
    .hint = 最多画 { $most } 个
unknown-data-set = 没有数据集 { $name }
example-count = 数据集有 1 到 { $most } 个样本，不能是 { $given } 个
noise-negative = 噪声不小于 0，不能是 { $given }
class-count = { $name } 有 { $most ->
    [2] 2 个类别
   *[other] 2 到 { $most } 个类别
}，不是 { $given } 个
inputs-fixed = { $name } 的输入个数是固定的
    .hint = blobs 的输入个数可以任选
table-empty = 表格是空的
    .hint = 每行一个样本：0.5, 1.2, 1
table-without-examples = 表格只有列名，没有样本
    .hint = 每行一个样本：0.5, 1.2, 1
table-one-column = 表格至少要一列输入和一列目标
    .hint = 格子用逗号隔开
table-too-long = 表格有 { $count } 个样本，最多读取 { $most } 个
unknown-column = 没有列 { $name }
validation-share = 验证集的比例不小于 0 且小于 1，不能是 { $given }
minibatch-too-large = { $count } 个样本里取不出 { $size } 个的小批量
    .hint = 取 1 到 { $count }
csv-line = 第 { $number } 行：{ $reason }
    .hint = 格子是逗号之间的数
cell-not-a-number = 第 { $number } 行，{ $column } 列：{ $cell } 不是数
    .hint = 要么都用词，要么都用数
several-variables = 有多个 { $role } 变量：{ $names }
    .hint = 请给其余变量各一个值：{ $declaration }
fixed-batch = 程序一次读 { $length } 个样本，不是 { $batch } 个
    .hint = 给尺寸命名：n = { $length }，{ $name }: input[n, ...]
no-variable-to-feed = 程序没有声明可以接收数据的 { $role }
    .hint = x: { $role }[n, 2]
example-axes-mixed = 接收数据的变量要么都有样本轴，要么都没有
    .hint = 接收数据的有：{ $names }
loss-two-classes = 损失在 { $name } 中要两个类别，而数据有 { $given } 个
    .hint = 换一个损失
loss-classes = 损失在 { $name } 中要类别，而数据的目标是实数
    .hint = 用实数的损失
not-of-role = 程序没有声明 { $role } { $name }
not-fed = { $name } 不从数据取值
no-such-axis = { $name } 的形状为 { $shape }，没有轴 { $axis }
ambiguous-minibatch = 有多个尺寸可能是小批量：{ $names }
    .hint = 请只保留小批量大小的名字，其余尺寸直接写成数
ambiguous-example-axis = { $name } 的形状为 { $shape }：样本可能沿轴 { $axes }
    .hint = 给小批量的尺寸命名：n = { $size }
no-parameter-reached = { $name } 不依赖任何参数
    .hint = 声明一个：W: parameter[3, 2]
no-named-minibatch = 程序没有命名小批量的尺寸
no-prediction = 程序没有可以显示的预测
    .hint = 请指明：output=...
setting-negative = { $name } 的 { $setting } 不小于 0，不能是 { $given }
setting-one-or-more = { $name } 的 { $setting } 小于 1，不能是 { $given }
unknown-setting = { $name } 没有设置 { $setting }
example-counts-differ = 各变量读取的样本数不同：{ $found }
    .hint = 数据的一个样本有 { $inputs } 个数
example-size = { $name } 每个样本要 { $count } 个数，{ $found }
    .hint = { $name } 每个样本的形状为 { $shape }
data-do-not-fit = { $name } 的形状为 { $shape }，与{ $data }对不上
row-length = 第 { $number } 行有 { $cells } 格，而第一行有 { $width } 格
    .hint = 每行要一样多
cell-empty = 第 { $number } 行，{ $column } 列：格子是空的
    .hint = 输入是有限的数
cell-holds-text = 第 { $number } 行，{ $column } 列：{ $cell } 不是数
    .hint = 输入是有限的数
state-lacks-parameter = 状态中没有参数 { $name }
state-lacks-moment = 状态中没有 { $name } 的 { $moment }
unknown-optimiser = 没有优化器 { $name }
unknown-schedule = 没有调度 { $name }
## Errors: requests

not-found = { $path } 处没有内容。
method-not-allowed = { $path } 不接受 { $method }。
http-error = { $reason }
invalid-request = { $faults }
    .title = 请求有误
server-error = 服务器出了错，请求本身可能没有问题。
shutting-down = 服务正在关闭，剩下的时间不够这次运行。
    .hint = 请在 { $seconds } 秒后重试。
unknown-example = 没有名为 { $name } 的示例。
    .hint = 示例的名字见 GET /api/v1/examples。
oembed-json-only = 这里只提供 JSON。
not-a-graph-address = 这个网址不是这里的计算图。
    .hint = 请用从页面复制的链接，或 { $home }embed 加上选项。
nodes-not-objects = 计算图的节点是由对象组成的列表。
    .title = 计算图有误
array-without-run = 只有数组，不知道要运行什么。
    .hint = 在网址中写明数组的名字和要运行的内容：?value=x&request={"{"}"program": "..."{"}"}。
    .title = 请求有误
no-value-in-run = 这次运行中没有 { $name } 的值。
    .title = 没有这个变量
no-contribution-in-run = 这次运行中没有编号为 { $name } 的贡献。
    .title = 未知的变量
want-less = 在 want 中少选几个数组，或用 /api/v1/tensor 取一个切片。
no-gradient-in-run = 这次运行中没有 { $name } 的梯度。
    .title = 没有这个变量
edits-need-program = 修改的对象是程序的文字。
    .hint = 请给出 "program"。
    .title = 缺少程序
difference-needs-programs = 比较需要两个程序。
    .hint = 请给出 "program" 和 "before"。
    .title = 缺少程序
value-ragged = { $name } 的值不是由数组成的数组：其中的列表长度或层数不同。
    .hint = 每行的元素个数要相同。
    .title = 值有误
value-holds-null = { $name } 的值不是由数组成的数组：其中有 null。
    .hint = 请给出数、由数组成的嵌套列表、"NaN"、"Infinity" 或 "-Infinity"。
    .title = 值有误
value-holds-text = { $name } 的值不是由数组成的数组：其中有文字。
    .hint = 请给出数、由数组成的嵌套列表、"NaN"、"Infinity" 或 "-Infinity"。
    .title = 值有误
value-holds-object = { $name } 的值不是由数组成的数组：其中有对象。
    .hint = 请给出数、由数组成的嵌套列表、"NaN"、"Infinity" 或 "-Infinity"。
    .title = 值有误
slice-parts = 切片 { $slice } 有 { $parts } 部分，数组有 { $axes } 个轴。
    .hint = 例如 '0:4, :, 2'。
    .title = 切片有误
slice-part = 切片 { $slice } 不适用：“{ $part }” 既不是索引，也不是 起点:终点:步长。
    .hint = 例如 '0:4, :, 2'。
    .title = 切片有误
slice-index = 切片 { $slice } 不适用：索引 { $index } 超出了长度为 { $size } 的轴。
    .hint = 例如 '0:4, :, 2'。
    .title = 切片有误
slice-step = 切片 { $slice } 不适用：步长不能为零。
    .hint = 例如 '0:4, :, 2'。
    .title = 切片有误
no-direction = 没有给出方向。
    .hint = 请给出 "directions": {"{"}"x": [1, 0]{"}"}。
    .title = 请求有误
no-png = 没有安装生成 PNG 图片的包。
    .hint = pip install 'tidegraph[png]'，或者用 SVG 图片。
    .title = 这里没有 PNG
limit-exceeded = 这个请求的{ $quantity }为 { $value } { $unit }，服务器允许 { $limit }。
    .title = 超出限制
invalid-json = 正文不是 JSON：{ $reason }。
    .title = JSON 有误
body-not-json = 这个请求的正文必须是 JSON。
    .hint = 发送时请带上 Content-Type: application/json。
head-too-slow = 请求没有在 { $seconds } 秒内到达。
head-too-large = 请求的地址和请求头最多 { $limit } 字节。
not-http = { $reason }
cross-origin = { $reason }。
    .hint = 其他来源的网页可以用 { $methods }，可带请求头 { $allowed }。
    .title = 不允许
too-much-computing = 来自此地址的运行在一{ $unit }内的计算时间超过 { $limit } 秒。
    .hint = 请在 { $seconds } 秒后重试。
run-too-large = 这次运行超出了限额：{ $limit } { $quantity }。
    .hint = 请减少循环次数、缩小数组，或一次请求较少的结果。
    .title = 超出限制
run-too-long = 这次运行超过了本服务器允许的 { $seconds } 秒。
    .hint = 请减少循环次数、缩小数组，或一次请求较少的结果。
    .title = 超出限制
run-cancelled = 已无人等待结果，运行已停止。
worker-lost = 处理这次运行的进程意外终止。
    .hint = 请在 { $seconds } 秒后重试。
busy = { $waited } 秒内没有运行能够开始。
    .hint = 请在 { $seconds } 秒后重试。
spent-operators = 个算子（所有导出图合计）
spent-statements = 条语句（每次迭代都计数）
spent-evaluations = 次算子求值
spent-work = 次浮点运算
spent-memory = 字节（同时存在的数组）
spent-response = 字节（回答）
spent-steps = 个带方程的步骤
host-count = 一个请求应恰好有一个 Host 头；这个请求有 { $count } 个。
host-invalid = Host 头不是主机名。
host-not-allowed = 本服务器不以此名称提供服务。
    .hint = 运维人员在 TIDEGRAPH_ALLOWED_HOSTS 中列出其名称。
not-an-address = 这不是一个地址。
    .hint = 地址以 https:// 和主机名开头。
store-unavailable = 链接与权重的存储目前不可用（{ $reason }）。
    .hint = 请在 { $seconds } 秒后重试；运维人员可检查 TIDEGRAPH_DATABASE_URL 与 TIDEGRAPH_WEIGHTS_URL。
store-full = 链接与权重的存储已满。
    .hint = 运维人员可以删除旧条目或提高上限。
unknown-link = 没有链接 { $name }。
    .hint = POST /api/v1/links 可创建链接。
weights-name = 权重存储在 sha256- 加 64 位十六进制哈希值的名称下。
weights-hash = 发送的字节与地址中的哈希值不符。
    .hint = 请对整个文件计算 SHA-256。
weights-unreadable = 请求体不是由数字组成的 safetensors 文件：{ $reason }
unknown-weights = 没有存储的权重 { $name }。
    .hint = PUT /api/v1/weights/{ $name } 可存储它们。
quantity-link = 内容
status-507 = 存储空间不足
batch-set = 批次的第 { $number } 组
value-shape-invalid = { $name } 的值不是数字数组：其形状不是由非负整数组成的列表。
    .hint = 例如 "shape": [2, 3]。
node-id-not-text = 节点的 id 应为文本。
no-program-to-execute = 集群执行的是程序，而这个请求只有图。
    .hint = 请发送 program。
dask-not-set = 本服务器没有可供执行的集群。
    .hint = 运维人员应将 { $setting } 设为 Dask 调度器的地址。
dask-not-installed = 本服务器无法与集群通信。
    .hint = pip install 'tidegraph[dask]'
dask-no-scheduler = 集群的调度器没有应答。
    .hint = 请在 { $seconds } 秒后重试。
dask-no-workers = 集群有调度器，但没有工作节点。
    .hint = 请在 { $seconds } 秒后重试。
dask-failed = 集群未能完成任务（{ $reason }）。
too-many-requests = 这个地址在一{ $unit }内的请求超过 { $limit } 个。
    .hint = 请在 { $seconds } 秒后重试。
body-too-slow = 正文没有在 { $seconds } 秒内到达。
gzip-broken = 正文无法解压：{ $reason }。
    .title = gzip 有误
gzip-cut-off = 正文中的 gzip 数据不完整。
    .title = gzip 有误
unknown-content-encoding = 服务器不认识正文的内容编码。
    .hint = 请直接发送，或用 Content-Encoding: gzip。
too-many-runs = 已有 { $count } 次运行正在进行或等待。
    .hint = 请在 { $seconds } 秒后重试。
value-too-deep = { $name } 的值不是由数组成的数组：嵌套太深。
    .hint = 数组最多 { $most } 个轴。
    .title = 值有误
value-unknown-object = { $name } 的值不是由数组成的数组：它是对象。
    .hint = 请给出 {"{"}dtype, shape, base64{"}"}（dtype 为 { $dtypes } 之一）或 {"{"}npy{"}"}。
    .title = 值有误
value-not-numbers = { $name } 的值不是由数组成的数组：元素的类型是 { $dtype }。
    .hint = 请给出数。
    .title = 值有误
value-unreadable = { $name } 的值不是由数组成的数组：字节无法读出（{ $reason }）。
    .hint = 请检查 dtype、shape 和 base64。
    .title = 值有误

## Models

model-media-type = 模型文件应原样发送，不能作为 { $kind } 发送。
    .hint = 请以 application/octet-stream 发送文件的字节。
model-empty = 请求正文为空。
    .hint = 请发送文件的字节。
model-size = { $size } 不是一个大小。
    .hint = 请写维度的名称和一个数：batch=4。
## Errors: the program language

and-on-variables = and、or 需要解析时已知的值；变量的值要到图运行时才知道
    .hint = 写成 { $corrected }，或 { $operator }(a, b)
arguments-do-not-fit = 参数与 { $name } 不符
array-too-large = 形状为 { $shape } 的数组太大
assertion-fails = 断言不成立：{ $text }
    .hint = 改变尺寸，使它成立
attribute-not-assigned = 不能给 { $name } 赋值
    .hint = 给结果另起一个名字：y = ...
axis-must-be-named = { $name } 的轴要写出名字
    .hint = { $name }(x, axis={ $axis })；{ $name }(a, b) 逐元素比较两个数组
backward-is-a-statement = backward() 没有返回值
    .hint = 让它独占一行：loss.backward()
backward-of-constant = 这是一个数，没有梯度
    .hint = 对计算的结果调用 backward()：loss.backward()
bars-are-no-brackets = 绝对值写作 abs(...)
    .hint = { $corrected }
block-not-indented = 冒号之后的各行要缩进
    .hint = 把这一块缩进四个空格
block-without-colon = 行末缺少冒号
    .hint = 这一行以冒号结尾：{ $corrected }
bracket-missing = 括号不配对
    .hint = { $corrected }
bracket-never-closed = 括号 { $bracket } 没有闭合
    .hint = 补上右括号
bracket-never-opened = 括号 { $bracket } 没有与之配对的左括号
    .hint = 删去它，或在前面补上左括号
caret-is-no-power = ^ 不表示乘方
    .hint = 乘方写作 **：x**2
character-not-in-language = 语言中没有字符 { $character }
    .hint = 删去它，或写出它的含义：乘号写作 *，乘方写作 **
classes-must-be-given = 类别数要到图运行时才知道
    .hint = 写出来：one_hot(y, num_classes=10)
declaration-called = 声明用冒号和方括号
    .hint = { $corrected }
def-without-result = { $name } 没有结果
    .hint = 用 return 结束这个 def
division-by-zero = 这里除以了零
draw-outside-declaration = { $name }() 只用于给声明赋初值
    .hint = { $variable }: parameter[3] = { $name }()
draw-takes = { $count ->
    [0] { $name }() 不带数字
   *[other] { $name } 最多带 { $count } 个数字
  }
draw-takes-numbers = { $name } 的参数是数字，而不是 { $given }
equals-twice = == 表示比较；赋值只用一个 =
    .hint = { $corrected }
expression-not-in-language = 语言中没有这种表达式
    .hint = 可以用数字、名字、+ - * / ** @、比较、切片、列表和算子调用
factorial-not-here = ! 不表示阶乘
    .hint = x 的阶乘写作 exp(lgamma(x + 1))：{ $corrected }
function-of-equals = 公式赋给名字，而不是赋给函数调用
    .hint = { $corrected }，或用 def：def f(x): return ...
function-without-brackets = 函数的参数要放在括号里
    .hint = { $corrected }
given-twice = { $name } 的 { $argument } 给了两次
global-not-here = 语言中没有 global 和 nonlocal
    .hint = 返回这个值，再把结果赋给名字：x = f(x)
gradient-by-itself = 不需要 { $name }：所有梯度都会算出
    .hint = 删去它；每个变量的梯度显示在它的值旁边
groups-do-not-divide = { $groups } 组不能整除 { $inputs } 个输入通道和 { $outputs } 个输出通道
heads-do-not-divide = { $features } 个特征不能分成 { $heads } 个头
if-on-variable = 条件 { $test } 取决于变量 { $name } 的值，这个值要到图运行时才知道
    .hint = where({ $test }, { $a }, { $b }) 逐元素选择
in-place-method = { $name }() 会改变数组，而数组是不变的
    .hint = { $variable } = { $variable }.{ $plain }(...)
index-outside = 索引 { $index } 超出了形状为 { $shape } 的数组
key-not-plain = 键是文本或数字
keyword-as-name = lambda 是关键字，不能作名字
    .hint = { $corrected }
keyword-not-here = { $word } 是关键字，不能用在这里
    .hint = 换一个名字：{ $word }_1
latex-command-not-read = LaTeX 行中不能用 { $command }
    .hint = 用程序语言写这一行：y = sum(x**2) / 2、sqrt(x)、exp(-x)
latex-not-read = 这一行 LaTeX 无法理解
    .hint = 用程序语言写这一行：L = (w*x - y)**2 / 2
layer-size = { $name } 的 { $argument } 是整数，而不是 { $size }
library-called = { $name } 是库，不是函数
    .hint = 调用它的函数：{ $name }.exp(x)
line-not-in-language = 语言中没有这样的行
line-of-language = 一行是声明 x: input[4]、赋值 y = x * 2，或者一个块的开头：def、for、if
list-too-long = 这个列表的元素超过 { $limit } 个
    .hint = 用数组：x: input[1000]
list-without-commas = 列表的元素用逗号分隔
    .hint = { $corrected }
loop-without-else = 循环没有 else
    .hint = 把这几行写在循环之后
mask-index = { $x }[{ $mask }] 的形状要到图运行时才知道
    .hint = where({ $mask }, { $x }, 0.0) 保持形状不变
method-axis-ambiguous = { $x }.{ $name }({ $axis }) 在 NumPy 中指定轴，在 PyTorch 中给出值和索引
    .hint = NumPy：{ $x }.{ $name }(axis={ $axis })；PyTorch：{ $x }.{ $name }(dim={ $axis })；逐元素：{ $elementwise }({ $x }, { $axis })
method-not-called = { $name } 是方法
    .hint = { $corrected }
method-of-list = 列表没有方法 { $name }
    .hint = 先由列表得到数组：{ $corrected }.{ $name }()
module-without-forward = { $name } 不能调用
    .hint = 给它的类写一个 forward 方法，或调用其中的层
must-be-known = { $name } 的值在解析时就要知道，而变量的值要到图运行时才知道
    .hint = 用数字、数字的名字，或尺寸：x.shape[0]
names-and-values = { $names } 个名字，{ $values } 个值
    .hint = 左边的名字要和右边的值一样多
needs-argument = { $name } 需要 { $argument }
    .hint = def { $name } 在第 { $at } 行
no-argument = { $name } 没有参数 '{ $argument }'
no-attribute = 语言中没有 .{ $name }
    .hint = 可以用 { $attributes }
no-axes-to-index = { $thing } 没有可索引的轴
no-decorators = 语言中没有这个装饰器
    .hint = 删去以 @ 开头的那一行
no-first-value = { $name } 不能给声明赋初值
    .hint = 可以用 { $draws }：W: parameter[3] = normal(0, 0.1)
no-length = { $thing }没有长度
no-recursion = { $name } 无休止地调用自己
    .hint = 图中没有关于变量的递归；用 for 循环
no-such-argument = { $name } 没有参数 '{ $argument }'
no-such-attribute = 这里没有属性 { $name }
no-such-element = 没有元素 { $index }：列表有 { $count } 个元素
no-such-key = 没有键 '{ $key }'
no-such-number = { $number } 不是语言中的数
    .hint = 数是实数：2.5、1e-3
no-such-part = { $module } 没有属性 { $name }
no-such-role = { $role } 不是角色
    .hint = 冒号后写 input、target 或 parameter：x: input[4]
norm-ambiguous = norm({ $x }, { $order }) 在 NumPy 中是矩阵的范数，在 torch.norm 中是全部元素的范数
    .hint = np.linalg.norm({ $x }, { $order })，或 torch.norm({ $x }, { $order })
not-a-dict = ** 后面是字典
not-a-function-here = { $name } 在这里不是函数
    .hint = 定义它：def { $name }(x): return ...；如果是乘积，写出 *
not-number = { $thing }不是数
not-array = { $thing }不是数组
not-an-operator = { $name } 不是算子
not-callable = { $thing }不能调用
not-comparable = { $a } 和 { $b } 不能比较
not-in-class = 类中不能有这个语句
    .hint = 类由方法组成：def __init__(self)、def forward(self, x)
not-iterable = { $thing }没有可以循环或拆开的元素
    .hint = 对 range(3)、列表或数组循环
not-numbers = { $text } 不是数，也不是数的列表
not-on-variable = not 需要解析时已知的值
    .hint = ~({ $text })，或 logical_not({ $text })
not-used-like-this = { $name } 不能这样用
nothing-to-compare = { $name } 至少需要一个元素
number-not-real = 这个数不是实数
number-too-large = 这个数太大（too large）
    .hint = 整数最大为 9.2e18；更大的数写成 1e30
number-too-long = 这个数有 { $digits } 位数字，太长了
    .hint = 写成 10 的幂：7.8e30
only-names-declared = 只能声明名字
    .hint = x: input[4]
only-names-here = 只能给名字、元素或属性赋值
    .hint = y = ...、y[0] = ...、a, b = ...
optimizer-not-here = { $name } 更新参数，而程序只做计算
    .hint = 删去它；训练面板（以及 /train）用你选择的学习率更新参数
outside-domain = { $name } 在这里没有定义
pad-ambiguous = pad({ $x }, { $width }) 在 NumPy 中填充每一个轴，在 PyTorch 中填充最后一个轴
    .hint = NumPy：np.pad({ $x }, { $width }) 或 pad_width={ $width }；PyTorch：F.pad({ $x }, { $width }) 或 pad={ $width }
pad-mode = 没有模式 { $mode }
    .hint = 可以用 { $modes }
pad-pairs = { $count } 个数不能填充 { $axes } 个轴
    .hint = 每个轴一对数，从最后一个轴开始：F.pad(x, (1, 1))
padding-mode-not-here = 没有 padding_mode='{ $mode }'
    .hint = 在这一层之前填充：F.pad(x, (1, 1), 'reflect')
part-of-no-size = 一部分至少有一个元素
parts-do-not-add-up = 各部分 { $sizes } 共有 { $total } 个元素，而这个轴有 { $length } 个
product-without-sign = 乘积要写出 *
    .hint = 写出 *：{ $corrected }
program-raises = 程序抛出了错误：{ $text }
range-of-numbers = 这些不是一个范围的数
    .hint = arange(0, 1, 0.1)、linspace(0, 1, 5)、randint(0, 10, (3,))
range-of-whole-numbers = 范围由整数组成，步长不为零
    .hint = range(3)、range(1, 3)、range(3, 0, -1)
ragged = 各行的长度不同
    .hint = 每一行的元素个数要相同
recurrent-input = 输入的形状为 { $shape }；应为 步数 x 批量 x { $size }
    .hint = 单个序列用 步数 x { $size }；batch_first=True 用 批量 x 步数 x { $size }
repeat-ambiguous = { $x }.repeat({ $count }) 在 NumPy 中重复每个元素，在 PyTorch 中重复整个数组
    .hint = { $tiled } 重复整个数组（PyTorch）；{ $each } 重复每个元素（NumPy）
result-never-used = 这个结果没有用到
    .hint = 把它赋给名字：{ $corrected }
return-outside-def = return 在 def 之外
    .hint = 把结果赋给名字：y = ...
round-brackets = 尺寸放在方括号里
    .hint = { $corrected }
sign-of-another-language = 语言中没有这个符号
    .hint = { $corrected }
size-not-whole = 尺寸是整数，而不是 { $size }
    .hint = x: input[4] 或 W: parameter[5, 4]
slice-ends-known = 切片的两端在解析时就要知道
    .hint = x[i] 取出索引 i 处的元素
split-ambiguous = split({ $x }, { $parts }) 在 NumPy 中给出份数，在 PyTorch 中给出每份的大小
    .hint = 每份的大小：torch.split({ $x }, { $parts }) 或 split({ $x }, { $parts }, dim=0)；份数：np.split({ $x }, { $parts }) 或 split({ $x }, { $parts }, axis=0)
statement-not-in-language = 语言中没有这个语句
    .hint = 可以用声明、赋值、def、class、for、while、if
t-of-matrix = t() 转置矩阵，而这里的形状为 { $shape }
    .hint = x.transpose(-1, -2)，或 x.mT
takes-operands = { $name } 有 { $takes } 个操作数，而不是 { $given } 个
target-not-scalar = 目标 { $name } 的形状为 { $shape }；只有标量才能求导
    .hint = sum({ $name })、mean({ $name })，或用种子 v 的 dot(v, { $name })
text-before-line = 行前的文字不属于程序
    .hint = { $corrected }
text-never-closed = 引号没有闭合
    .hint = 补上右引号
thing-dict = 字典
thing-function = 函数 { $name }
thing-library = 库 { $name }
thing-list = 列表
thing-module = 这个对象
thing-nothing = None
thing-number = 数 { $number }
thing-text = 文本 '{ $text }'
thing-variable = 变量
too-many-arguments = { $name } 有 { $takes } 个参数，而不是 { $given } 个
too-many-axes = { $count } 个轴太多了
    .hint = 最多 32 个
too-many-operators = 图中的算子超过 { $limit } 个
    .hint = 减少循环次数
too-many-statements = 程序执行的语句超过 { $limit } 条，却没有建立相应的算子
    .hint = 减少循环次数
transpose-fits = 转置之后就相符：{ $product }
truth-of-array = 有多个元素的数组没有真假
    .hint = 比较尺寸：if x.shape[0] > 2，或用 where(condition, a, b)
try-not-here = 语言中没有 try
    .hint = 只写块中的各行
tuple-does-not-change = 元组是不变的
    .hint = 用列表：[a, b]
unexpected-indent = 这一行缩进了，而上面没有块的开头
    .hint = 与上一行对齐
unknown-in-library = 没有 { $name }
    .hint = 算子参考列出了全部函数
unknown-layer = 没有名为 { $name } 的层
    .hint = 可以用 nn.Linear、nn.Conv2d、nn.LSTM、nn.ReLU 等，或用算子写出它
unknown-sign = 语言中没有这个符号
    .hint = 可以用 + - * / // ** @ % 和比较
update-at-variable = 索引要到图运行时才知道
    .hint = { $name } = where(mask, value, { $name })，条件的形状与它相同
update-not-here = 不能给 { $name } 赋值：更新属于训练
    .hint = 训练面板（以及 /train）用学习率更新参数
update-shape = 值的形状为 { $shape }，被替换的元素的形状为 { $region }
variable-called = { $name } 不是函数
    .hint = 乘积要写出 *：{ $corrected }
while-on-variable = 条件 { $test } 取决于变量 { $name } 的值，这个值要到图运行时才知道
    .hint = 用固定的步数：for i in range(10)，循环内用 where({ $test }, a, b)
with-not-here = 语言中没有 with { $text }
    .hint = 只写块中的各行
write-instead = 写成 { $text }

## Warnings: the program language

attribute-not-differentiated = { $name } 是 { $operator } 的设置 { $argument }，不对它求导：{ $name } 没有梯度
backward-twice = backward() 又调用了一次；以最后一次为目标
column-beside-vector = 形状为 { $column } 的列与形状为 { $vector } 的向量广播成 { $size } x { $size }；若要逐元素相加，改变其中一个的形状：x[:, 0] 或 b[:, None]
declared-twice = { $name } 又声明了一次；第 { $line } 行已经声明过，这里成为另一个变量
median-of-even = median 取 { $count } 个元素中间两个的平均，与 NumPy 相同；torch.median 取较小的一个
sigmoid-before-loss = binary_cross_entropy_with_logits 自己会用 sigmoid；给它 logits，而不是 sigmoid 之后的值
softmax-before-cross-entropy = cross_entropy 的输入是 logits，它自己会用 softmax；这里给它的已是 softmax 的结果
spread-divides-by-n = { $name } 除以 n，与 NumPy 相同；PyTorch 除以 n - 1：torch.{ $name }(x)，或 dim=...
## Parts of errors: what they are filled with

reads-examples = { $name } 有 { $count } 个
minibatch-axes = { $names } 各要一个这样的轴，参数不要
data-have-inputs = 而输入有 { $count } 个
data-have-targets = 而目标有 { $count } 个
data-have-classes = 而数据有 { $count } 个类别
data-examples = { $count } 个数的样本
data-classes = { $count } 个类别之一
data-targets = { $count } 个数的目标
state-has = 它有 { $names }
not-computed = 没有运算符计算它
title-program = 程序有误
status-400 = 请求有误
status-403 = 不允许
status-404 = 找不到
status-405 = 方法不允许
status-408 = 请求超时
status-413 = 内容过大
status-415 = 媒体类型不支持
status-422 = 无法运行
status-429 = 请求过多
status-431 = 请求头过大
status-500 = 服务器内部错误
status-501 = 没有实现
status-502 = 网关错误
status-503 = 服务暂不可用
field-error = { $reason }
field-misspelled = 没有这个字段；{ $meant }
field-extra-forbidden = 没有这个字段
field-model-type = 应为对象
field-missing = 缺少这个字段
field-arrays-by-name = 数组按名字给出，写在一个对象里
field-program-or-graph = 运行要有程序或计算图，二者取一
field-literal-error = 应为 { $expected }
field-greater-than = 应大于 { $gt }
field-greater-than-equal = 应不小于 { $ge }
field-less-than = 应小于 { $lt }
field-less-than-equal = 应不大于 { $le }
field-int-type = 应为整数
field-int-parsing = 应为整数
field-int-from-float = 应为整数
field-float-type = 应为数
field-float-parsing = 应为数
field-finite-number = 应为有限的数
field-string-type = 应为文字
field-bool-type = 应为 true 或 false
field-bool-parsing = 应为 true 或 false
field-list-type = 应为列表
field-dict-type = 应为对象
field-string-too-long = 最多 { $max_length } 个字符
field-string-too-short = 至少 { $min_length } 个字符
field-too-long = 最多 { $max_length } 项，这里有 { $actual_length } 项
field-too-short = 至少 { $min_length } 项，这里有 { $actual_length } 项
quantity-operators = 运算符数
quantity-elements-per-array = 最大数组
quantity-memory = 内存
quantity-work = 计算量
quantity-body = 请求正文
quantity-nodes = 节点数
quantity-graph-to-be-split = 要划分的计算图
quantity-graph-to-be-edited = 要修改的计算图
quantity-program-length = 程序长度
quantity-answer = 响应
quantity-slice = 切片
quantity-passes = 传播次数
unit-operators = 个运算符
unit-elements = 个元素
unit-bytes = 字节
unit-floating-point-operations = 次浮点运算
unit-nodes = 个节点
unit-characters = 个字符
unit-passes-one-a-row-or-column = 次（每行或每列一次）
unit-second = 秒
unit-minute = 分钟
unit-hour = 小时
unit-day = 天
split-smaller-graph = 层数或循环次数较少的程序会在同样的地方划分；{ $setting } 可以提高限制
edit-smaller-graph = 层数或循环次数较少的程序有同样的修改可做
json-is-utf-8 = JSON 以 UTF-8 发送，不带字节顺序标记。
json-not-finite = NaN 和无穷写作字符串 "NaN"、"Infinity" 和 "-Infinity"。

## Pages of the service

problem-nothing-here = 这里没有页面
problem-link-workspace = 工作台：任何程序的计算图
problem-link-chapter = 教材：前向传播与反向传播
problem-link-operators = 运算符参考
problem-link-api = 接口文档
errors-title = 错误
errors-words = 每个错误都有代码。‹name› 处是具体情形中的名字或数。
errors-hint = 提示：
errors-section-the-program = 程序
errors-section-the-program-language = 程序语言
errors-section-shapes-and-operators = 形状与运算符
errors-section-values-and-options = 数值与选项
errors-section-code-for-other-frameworks = 其他框架的代码
errors-section-models = 模型
errors-section-requests = 请求
operator-exists = { $name } 是内置的运算符
    .hint = 请换一个名字声明
operator-not-a-name = “{ $name }”不是名字
    .hint = 请使用字母、数字和下划线
operator-without-kernel = { $name } 没有计算核
    .hint = 写作 declare("{ $name }", kernel=数组的函数)，或把 @declare 用于表达式的函数

## Operators: what the result is. Parameters are the operands; { $over } says which elements, { $index } is an index.

over-all = 所有元素
over-axis = 沿轴 { $axis } 的元素
makes-other = { $operands } 经 { $operator } 的结果：{ $doc }
makes-add = { $a } 与 { $b } 的和
makes-subtract = { $a } 减去 { $b } 的差
makes-multiply = { $a } 与 { $b } 的积
makes-divide = { $a } 除以 { $b } 的商
makes-power = { $a } 的 { $b } 次幂
makes-neg = { $x } 的相反数
makes-abs = { $x } 的绝对值
makes-identity = { $x }，换了名字
makes-detach = { $x }，视为常数
makes-less = 判断 { $a } 是否小于 { $b } 的结果
makes-less_equal = 判断 { $a } 是否不大于 { $b } 的结果
makes-greater = 判断 { $a } 是否大于 { $b } 的结果
makes-greater_equal = 判断 { $a } 是否不小于 { $b } 的结果
makes-equal = 判断 { $a } 与 { $b } 是否相等的结果
makes-not_equal = 判断 { $a } 与 { $b } 是否不等的结果
makes-logical_and = { $a } 与 { $b } 的逻辑与
makes-logical_or = { $a } 与 { $b } 的逻辑或
makes-logical_xor = { $a } 与 { $b } 的逻辑异或
makes-logical_not = { $x } 的逻辑非
makes-isfinite = 判断 { $x } 是否有限的结果
makes-isinf = 判断 { $x } 是否无穷的结果
makes-isnan = 判断 { $x } 是否为 NaN 的结果
makes-maximum = { $a } 与 { $b } 中的较大者
makes-minimum = { $a } 与 { $b } 中的较小者
makes-where = { $condition } 成立处的 { $a } 和其余处的 { $b }
makes-exp = e 的 { $x } 次幂
makes-log = { $x } 的自然对数
makes-sqrt = { $x } 的平方根
makes-sign = { $x } 的符号
makes-arctan2 = 横坐标为 { $b }、纵坐标为 { $a } 的点的角度
makes-hypot = 直角边为 { $a } 与 { $b } 的直角三角形的斜边
makes-logaddexp = exp({ $a }) 与 exp({ $b }) 之和的对数
makes-xlogy = { $a } 乘以 { $b } 的对数
makes-lerp = 从 { $a } 到 { $b }、权重为 { $weight } 的线性插值
makes-clip = 限制在给定范围内的 { $x }
makes-expm1 = e 的 { $x } 次幂减 1
makes-exp2 = 2 的 { $x } 次幂
makes-log1p = 1 + { $x } 的自然对数
makes-log2 = { $x } 以 2 为底的对数
makes-log10 = { $x } 以 10 为底的对数
makes-rsqrt = { $x } 的平方根的倒数
makes-cbrt = { $x } 的立方根
makes-square = { $x } 的平方
makes-reciprocal = { $x } 的倒数
makes-sin = { $x } 的正弦
makes-cos = { $x } 的余弦
makes-tan = { $x } 的正切
makes-arcsin = 正弦为 { $x } 的角
makes-arccos = 余弦为 { $x } 的角
makes-arctan = 正切为 { $x } 的角
makes-sinh = { $x } 的双曲正弦
makes-cosh = { $x } 的双曲余弦
makes-arcsinh = { $x } 的反双曲正弦
makes-arccosh = { $x } 的反双曲余弦
makes-arctanh = { $x } 的反双曲正切
makes-sinc = { $x } 的归一化 sinc
makes-logit = 概率 { $x } 的对数几率
makes-erf = { $x } 的误差函数
makes-erfc = 1 减去 { $x } 的误差函数
makes-lgamma = { $x } 的伽马函数的对数
makes-digamma = { $x } 的双伽马函数
makes-polygamma = { $x } 的多伽马函数
makes-relu = { $x } 为正处的值，其余为 0
makes-sigmoid = { $x } 经逻辑函数映射到 0 与 1 之间的值
makes-tanh = { $x } 的双曲正切，介于 -1 与 1 之间
makes-softplus = { $x } 经平滑的 relu 所得的值
makes-logsigmoid = { $x } 的 sigmoid 的对数
makes-elu = { $x } 为正处的值，其余为趋于极限的指数
makes-selu = { $x } 的缩放指数线性单元
makes-celu = { $x } 的连续可微指数线性单元
makes-leaky_relu = { $x } 为正处的值，其余为其小倍数
makes-prelu = { $x } 为正处的值，其余为其 { $weight } 倍
makes-hardtanh = 限制在给定范围内的 { $x }
makes-relu6 = 限制在 0 到 6 之间的 { $x }
makes-hardsigmoid = { $x } 经三段直线的 sigmoid 所得的值
makes-hardswish = { $x } 与其硬 sigmoid 的积
makes-silu = { $x } 与其 sigmoid 的积
makes-mish = { $x } 与其 softplus 的双曲正切的积
makes-gelu = { $x } 与标准正态变量小于它的概率的积
makes-softsign = { $x } 除以 1 加其绝对值的商
makes-tanhshrink = { $x } 减去其双曲正切的差
makes-softshrink = 向 0 移动一个阈值后的 { $x }
makes-hardshrink = { $x } 绝对值超过阈值处的值，其余为 0
makes-threshold = { $x } 超过阈值处的值，其余为常数
makes-reshape = { $x } 的元素，排成另一形状
makes-transpose = 交换各轴后的 { $x }
makes-broadcast_to = 重复到更大形状的 { $x }
makes-sum_to = 求和到较小形状的 { $x }
makes-stack = { $operands } 沿新轴堆叠的结果
makes-concatenate = { $operands } 沿一轴拼接的结果
makes-getitem = { $x }[{ $index }]
makes-put = 全零数组，在 [{ $index }] 处加上 { $g }
makes-flatten = 相邻各轴合并后的 { $x }
makes-ravel = { $x } 的全部元素组成的向量
makes-swapaxes = 交换两轴后的 { $x }
makes-moveaxis = 移动若干轴后的 { $x }
makes-squeeze = 去掉长度为 1 的轴后的 { $x }
makes-expand_dims = 添加长度为 1 的新轴后的 { $x }
makes-split = { $x } 沿一轴的各部分
makes-tile = 沿各轴整体重复的 { $x }
makes-repeat = 每个元素都重复的 { $x }
makes-flip = 沿轴倒序的 { $x }
makes-roll = 沿轴循环移位的 { $x }
makes-pad = 加上边框的 { $x }
makes-cumsum = { $x } 的累积和
makes-cumprod = { $x } 的累积积
makes-logcumsumexp = { $x } 的指数的累积和的对数
makes-recurrence = 以 { $a } 为系数、{ $b } 为加项的线性递推
makes-sum = { $x } 的{ $over }之和
makes-mean = { $x } 的{ $over }的平均值
makes-prod = { $x } 的{ $over }之积
makes-var = { $x } 的{ $over }的方差
makes-std = { $x } 的{ $over }的标准差
makes-logsumexp = { $x } 的{ $over }的指数之和的对数
makes-softmax = { $x } 化成的、总和为 1 的概率
makes-log_softmax = { $x } 经 softmax 所得概率的对数
makes-amax = { $x } 的{ $over }中的最大者
makes-amin = { $x } 的{ $over }中的最小者
makes-max = { $x } 的{ $over }中的最大者
makes-min = { $x } 的{ $over }中的最小者
makes-argmax = { $x } 的{ $over }中最大者的索引
makes-argmin = { $x } 的{ $over }中最小者的索引
makes-any = 判断{ $x } 的{ $over }中是否有非零者的结果
makes-all = 判断{ $x } 的{ $over }是否全部非零的结果
makes-matmul = { $a } 与 { $b } 的矩阵乘积
makes-matmul-vectors = { $a } 与 { $b } 的点积
makes-outer = { $a } 与 { $b } 的外积
makes-dot = { $a } 与 { $b } 的点积
makes-inner = { $a } 与 { $b } 在最后一轴上的内积
makes-tensordot = { $a } 与 { $b } 在成对的轴上缩并的张量积
makes-kron = { $a } 与 { $b } 的克罗内克积
makes-cross = { $a } 与 { $b } 的叉积
makes-einsum = { $operands } 在标记的轴上的乘积之和
makes-diagonal = { $x } 的对角线
makes-diag = 以 { $x } 为对角线的矩阵，或该矩阵的对角线
makes-trace = { $x } 的迹
makes-tril = { $x } 的下三角
makes-triu = { $x } 的上三角
makes-cofactor = { $x } 的余子式矩阵
makes-cofactor_slope = { $x } 的余子式矩阵沿 { $v } 方向的导数
makes-det = { $x } 的行列式
makes-slogdet = { $x } 的行列式的符号与对数
makes-inv = { $x } 的逆矩阵
makes-pinv = { $x } 的伪逆
makes-solve = 以 { $a } 为矩阵、{ $b } 为右端的线性方程组的解
makes-cholesky = { $x } 的楚列斯基因子
makes-eigh = 对称矩阵 { $x } 的特征值与特征向量
makes-svd = { $x } 的奇异值分解
makes-qr = { $x } 的 QR 分解
makes-matrix_power = { $x } 自乘若干次的幂
makes-vector_norm = { $x } 的{ $over }的范数
makes-norm = { $x } 的{ $over }的范数
makes-linear = 以 { $weight } 为权重的全连接层作用于 { $x } 的结果
makes-bilinear = 以 { $weight } 为权重的双线性层作用于 { $x1 } 和 { $x2 } 的结果
makes-glu = { $x } 的前一半乘以后一半的 sigmoid 的门控结果
makes-dropout = 随机把一些元素置零的 { $x }
makes-cosine_similarity = { $x1 } 与 { $x2 } 夹角的余弦
makes-normalize = { $x } 除以其范数的商
makes-causal_mask = 隐去后面各键的分数的 { $x }
makes-scaled_dot_product_attention = 查询 { $query } 对键 { $key } 的注意力，值为 { $value }
makes-multi_head_attention = { $query } 对 { $key } 的多头注意力，值为 { $value }
makes-pick = { $x } 中标签 { $y } 所指类别的分数
makes-unpick = 全零数组，在标签 { $y } 所指的类别处为 { $g }
makes-squared_error = { $o } 与 { $y } 的平方误差的一半
makes-mse_loss = { $o } 与 { $y } 的均方误差
makes-l1_loss = { $o } 与 { $y } 的绝对误差
makes-smooth_l1_loss = { $o } 与 { $y } 的平滑绝对误差
makes-huber_loss = { $o } 与 { $y } 的 Huber 损失
makes-bounded_log = { $x } 的对数，不低于 -100
makes-binary_cross_entropy = 概率 { $p } 与标签 { $y } 的二元交叉熵
makes-binary_cross_entropy_with_logits = logits { $o } 与标签 { $y } 的二元交叉熵
makes-kl_div = 对数概率 { $o } 与 { $y } 的 KL 散度
makes-poisson_nll_loss = 计数 { $y } 在由 { $o } 决定的泊松分布下的负对数似然
makes-gaussian_nll_loss = { $y } 在均值为 { $o }、方差为 { $var } 的正态分布下的负对数似然
makes-nll_loss = 标签 { $y } 在 { $o } 中的负对数概率
makes-cross_entropy = logits { $o } 与标签 { $y } 的交叉熵
makes-multi_margin_loss = 分数 { $o } 对标签 { $y } 的间隔损失
makes-hinge_loss = 分数 { $o } 对标签 { $y } 的合页损失
makes-hinge_embedding_loss = 距离 { $o } 对标签 { $y } 的合页损失
makes-soft_margin_loss = 分数 { $o } 对标签 { $y } 的逻辑损失
makes-margin_ranking_loss = { $x1 } 与 { $x2 } 对标签 { $y } 的排序损失
makes-cosine_embedding_loss = { $x1 } 与 { $x2 } 对标签 { $y } 的余弦损失
makes-triplet_margin_loss = { $anchor } 与 { $positive }、{ $negative } 的三元组损失
makes-unfold = { $x } 的滑动窗口排成的各列
makes-fold = 把 { $x } 的各列加回窗口所得的数组
makes-convolution = { $x } 与卷积核 { $w } 的卷积
makes-convolution_input = { $y } 与卷积核 { $w } 的转置卷积
makes-convolution_kernel = { $x } 与 { $y } 的互相关
makes-conv1d = { $x } 与卷积核 { $weight } 的卷积
makes-conv2d = { $x } 与卷积核 { $weight } 的卷积
makes-conv3d = { $x } 与卷积核 { $weight } 的卷积
makes-conv_transpose1d = { $x } 与卷积核 { $weight } 的转置卷积
makes-conv_transpose2d = { $x } 与卷积核 { $weight } 的转置卷积
makes-conv_transpose3d = { $x } 与卷积核 { $weight } 的转置卷积
makes-take = { $x } 在索引 { $indices } 处的元素
makes-index_add = 在索引 { $indices } 处加上 { $source } 的 { $x }
makes-gather = { $x } 沿一轴在索引 { $indices } 处的元素
makes-scatter_add = 沿一轴在索引 { $indices } 处加上 { $source } 的 { $x }
makes-take_along_axis = { $x } 沿一轴在索引 { $indices } 处的元素
makes-take_each = 按多个索引同时选取的元素：{ $operands }
makes-one_hot = { $indices } 中每个索引的独热向量
makes-embedding = { $weight } 在索引 { $indices } 处的各行
makes-max_pool_index = { $x } 每个窗口中最大元素的索引
makes-avg_pool = { $x } 每个窗口的平均值
makes-avg_unpool = 把 { $y } 均分到各窗口的结果
makes-max_pool1d = { $x } 每个窗口中的最大元素
makes-max_pool2d = { $x } 每个窗口中的最大元素
makes-avg_pool1d = { $x } 每个窗口的平均值
makes-avg_pool2d = { $x } 每个窗口的平均值
makes-batch_norm = 逐通道在批量上标准化的 { $x }
makes-instance_norm = 对每个样本的每个通道标准化的 { $x }
makes-layer_norm = 在最后各轴上标准化的 { $x }
makes-rms_norm = { $x } 除以其均方根的商
makes-group_norm = 按通道组标准化的 { $x }
makes-local_response_norm = 按相邻通道归一化的 { $x }
makes-after = { $x }，在 { $y } 已知之后
makes-rnn_cell = 输入为 { $x }、状态为 { $h } 的循环网络的下一状态
makes-gru_cell = 输入为 { $x }、状态为 { $h } 的门控循环单元的下一状态
makes-lstm_cell = 输入为 { $x }、状态为 { $h } 的 LSTM 单元的下一状态
makes-resample = 重采样到其他尺寸的 { $x }
makes-resample_back = 分配回重采样前各元素的 { $x }
makes-interpolate = 重采样到另一尺寸的 { $x }
makes-adaptive_avg_pool1d = { $x } 各等分区段的平均值
makes-adaptive_avg_pool2d = { $x } 各等分区段的平均值
makes-pixel_shuffle = 把各组通道重排成像素的 { $x }
makes-floor = 向下取整的 { $x }
makes-ceil = 向上取整的 { $x }
makes-trunc = 向 0 取整的 { $x }
makes-round = 四舍六入取整的 { $x }
makes-remainder = { $a } 除以 { $b }（向下取整）的余数
makes-fmod = { $a } 除以 { $b }（向 0 取整）的余数
makes-nan_to_num = 替换 NaN 和无穷之后的 { $x }
makes-argsort = 使 { $x } 有序的索引
makes-sort = { $x } 的有序元素
makes-topk = { $x } 中最大或最小的若干元素及其索引
makes-deg2rad = 以弧度表示的 { $x }
makes-rad2deg = 以角度表示的 { $x }
makes-logaddexp2 = 2 的 { $a } 次幂与 2 的 { $b } 次幂之和的以 2 为底的对数
makes-xlog1py = { $x } 乘以 1 加 { $y } 的对数
makes-signbit = { $x } 带负号处为真
makes-copysign = 带有 { $b } 符号的 { $a }
makes-ldexp = { $a } 乘以 2 的 { $b } 次幂
makes-fmax = { $a } 与 { $b } 中的较大者，忽略 NaN
makes-fmin = { $a } 与 { $b } 中的较小者，忽略 NaN
makes-clamp_min = { $x }，但不小于 { $min }
makes-clamp_max = { $x }，但不大于 { $max }
makes-float_power = { $a } 的 { $b } 次幂
makes-rsub = { $b } 减 { $a }
makes-fill = 形状与 { $x } 相同、元素全为 { $value } 的数组
makes-heaviside = { $x } 的阶跃函数，在 0 处取 { $value }
makes-mvlgamma = { $x } 的多元伽马函数的对数
makes-softmin = { $x } 化成的、总和为 1 的概率，最小者概率最大
makes-sum_to_size = { $x } 求和到较小的形状
makes-count_nonzero = { $x } 中非零元素的个数
makes-ctc_loss = 对数概率 { $log_probs } 对标签 { $targets } 的 CTC 损失
makes-grouped_query_attention = { $query } 对 { $key } 的分组查询注意力，值为 { $value }
makes-rotary_embedding = 按位置旋转后的 { $x }
makes-lasting = { $indices } 中不被后面的索引覆盖处为真
makes-scatter = 在索引 { $indices } 处写入 { $source } 后的 { $x }
makes-scatter_reduce = 在索引 { $indices } 处与 { $source } 合并后的 { $x }
makes-index_select = { $x } 在索引 { $indices } 处的切片
makes-index_copy = 在索引 { $indices } 处写入 { $source } 的切片后的 { $x }
makes-index_fill = 在索引 { $indices } 处填入 { $value } 的 { $x }
makes-index_put = { $operands } 中第一个数组在给定索引处写入值的结果
makes-select_scatter = 在某轴的一个索引处换成 { $source } 的 { $x }
makes-slice_scatter = 在一个切片处换成 { $source } 的 { $x }
makes-diagonal_scatter = 对角线换成 { $source } 的 { $x }
makes-masked_fill = { $x }，在 { $mask } 为真处取 { $value }
makes-embedding_bag = { $indices } 各组索引所对应的 { $weight } 各行的合并
makes-atleast_1d = 至少有一个轴的 { $x }
makes-atleast_2d = 至少有两个轴的 { $x }
makes-atleast_3d = 至少有三个轴的 { $x }
makes-hstack = { $operands } 横向拼接
makes-vstack = { $operands } 纵向拼接
makes-dstack = { $operands } 沿第三轴拼接
makes-column_stack = { $operands } 按列拼接
makes-chunk = { $x } 沿一个轴切成的各部分
makes-tensor_split = { $x } 沿一个轴切成的各部分
makes-split_with_sizes = { $x } 按给定尺寸切成的各部分
makes-vsplit = { $x } 沿第一轴切成的各部分
makes-hsplit = { $x } 沿第二轴切成的各部分
makes-dsplit = { $x } 沿第三轴切成的各部分
makes-unbind = { $x } 沿一个轴的各切片
makes-select = { $x } 的一个切片
makes-narrow = { $x } 沿一个轴的一段
makes-unflatten = { $x } 的一个轴展开成多个轴
makes-expand = { $x } 扩展到更大的形状
makes-expand_as = { $x } 扩展到 { $other } 的形状
makes-reshape_as = { $x } 变为 { $other } 的形状
makes-fliplr = 列序颠倒的 { $x }
makes-flipud = 行序颠倒的 { $x }
makes-rot90 = 旋转若干个直角的 { $x }
makes-broadcast_tensors = { $operands } 广播到同一形状
makes-meshgrid = 以 { $operands } 为坐标的网格
makes-cartesian_prod = { $operands } 各元素的所有组合
makes-combinations = 从 { $x } 中选取元素的所有组合
makes-multilabel_soft_margin_loss = logits { $o } 与标签 { $y } 的二元交叉熵在各类上的平均
makes-addmm = { $x } 加 { $a } 与 { $b } 的矩阵积
makes-addmv = { $x } 加矩阵 { $a } 与向量 { $b } 的积
makes-addr = { $x } 加 { $a } 与 { $b } 的外积
makes-baddbmm = { $x } 加 { $a } 与 { $b } 的批量矩阵积
makes-addbmm = { $x } 加 { $a } 与 { $b } 的各矩阵积之和
makes-addcmul = { $x } 加 { $a } 与 { $b } 之积
makes-addcdiv = { $x } 加 { $a } 除以 { $b } 的商
makes-logdet = { $x } 的行列式的对数
makes-solve_triangular = 以三角矩阵 { $a } 为系数、{ $b } 为右端的方程组的解
makes-svdvals = { $x } 的奇异值
makes-eigvalsh = { $x } 的特征值
makes-lstsq = 以 { $a } 为系数、{ $b } 为右端的方程组的最小二乘解
makes-cholesky_solve = 以 { $a } 为 Cholesky 因子、{ $b } 为右端的方程组的解
makes-cholesky_inverse = 以 { $a } 为 Cholesky 因子的矩阵的逆
makes-multi_dot = { $operands } 的矩阵积
makes-vecdot = { $a } 与 { $b } 沿一个轴的点积
makes-vdot = { $a } 与 { $b } 的点积
makes-matrix_norm = { $x } 的矩阵范数
makes-cond = { $x } 的条件数
makes-tensorinv = { $x } 的张量逆
makes-tensorsolve = 以 { $a } 为系数、{ $b } 为右端的张量方程的解
makes-vander = 以 { $x } 的各次幂为列的矩阵
makes-block_diag = 以 { $operands } 为对角块的矩阵
makes-diag_embed = 以 { $x } 为对角线的矩阵
makes-diagflat = 以 { $x } 的元素为对角线的矩阵
makes-cdist = { $x1 } 各行与 { $x2 } 各行之间的距离
makes-pdist = { $x } 各行之间的距离
makes-dist = { $a } 与 { $b } 的距离
makes-pairwise_distance = { $x1 } 与 { $x2 } 的逐对距离
makes-renorm = 各切片范数受限的 { $x }
makes-matrix_exp = { $x } 的矩阵指数
makes-erfinv = { $x } 的反误差函数
makes-erfcx = { $x } 的缩放互补误差函数
makes-ndtri = 正态分布在 { $x } 处的分位数
makes-ndtr = 正态变量小于 { $x } 的概率
makes-log_ndtr = 正态变量小于 { $x } 的概率的对数
makes-entr = { $x } 的熵
makes-max_pool3d = { $x } 每个窗口中的最大元素
makes-avg_pool3d = { $x } 每个窗口的平均值
makes-adaptive_max_index = { $x } 各等分区段中最大元素的索引
makes-adaptive_max_pool1d = { $x } 各等分区段中的最大元素
makes-adaptive_max_pool2d = { $x } 各等分区段中的最大元素
makes-adaptive_max_pool3d = { $x } 各等分区段中的最大元素
makes-max_unpool1d = 放回最大池化索引 { $indices } 处的 { $x }
makes-max_unpool2d = 放回最大池化索引 { $indices } 处的 { $x }
makes-max_unpool3d = 放回最大池化索引 { $indices } 处的 { $x }
makes-rnn = RNN 在序列 { $x } 上的各步状态
makes-gru = GRU 在序列 { $x } 上的各步状态
makes-lstm = LSTM 在序列 { $x } 上的各步状态
makes-adaptive_avg_pool3d = { $x } 各等分区段的平均值
makes-pixel_unshuffle = 把像素方块排成通道的 { $x }
makes-channel_shuffle = 在各组间重排通道的 { $x }
makes-frac = { $x } 的小数部分
makes-floor_divide = { $a } 除以 { $b } 并向下取整
makes-gumbel_softmax = logits { $x } 的 Gumbel-softmax 样本
makes-bernoulli = 以概率 { $p } 抽取的 0 与 1
makes-multinomial = 按概率 { $p } 抽取的索引
makes-dft = { $z } 的离散傅里叶变换
makes-fft = { $x } 的傅里叶变换
makes-ifft = { $z } 的傅里叶逆变换
makes-rfft = 实数 { $x } 的傅里叶变换
makes-irfft = { $z } 的实傅里叶逆变换
makes-stft = { $x } 的短时傅里叶变换
makes-fftshift = 零频移到中间的 { $x }
makes-ifftshift = 零频移回开头的 { $x }
makes-quantile = { $x } 的{ $over }的 { $q } 分位数
makes-nanquantile = { $x } 的{ $over }的 { $q } 分位数，忽略 NaN
makes-nansum = { $x } 的{ $over }之和，忽略 NaN
makes-nanmean = { $x } 的{ $over }的均值，忽略 NaN
makes-cov = { $x } 的协方差矩阵
makes-corrcoef = { $x } 的相关系数矩阵
makes-var_mean = { $x } 的{ $over }的方差与均值
makes-std_mean = { $x } 的{ $over }的标准差与均值
makes-aminmax = { $x } 的{ $over }中的最小者与最大者
makes-diff = { $x } 相邻元素之差
makes-trapezoid = 用梯形法则求得的 { $y } 下方的面积
makes-cumulative_trapezoid = 用梯形法则求得的 { $y } 下方的累积面积
makes-running_place = { $x } 到目前为止的极值元素的索引
makes-cummax = { $x } 的累积最大值及其索引
makes-cummin = { $x } 的累积最小值及其索引
makes-kthvalue = { $x } 的第 k 小元素及其索引
makes-msort = { $x } 沿第一轴的有序元素
makes-nanmedian = { $x } 的{ $over }的中位数，忽略 NaN
makes-grid_sample = { $x } 在 { $grid } 各点处的采样
makes-affine_grid = { $theta } 把图像映射到的点的网格
makes-median = { $x } 的{ $over }的中位数

## Operators: what happens to a gradient on the way back. { $own } is the input, { $other } the other one, { $result } the output.

way-same = 原样不变
way-turned = 符号取反
way-times = 乘以 { $other }
way-divided = 除以 { $other }
way-quotient = 乘以 { $result } 的相反数再除以 { $own }
way-double = 乘以 2 { $own }
way-sign = 乘以 { $own } 的符号
way-result = 乘以 { $result }
way-inverse = 除以 { $own }
way-root = 除以 2 { $result }
way-positive = 在 { $own } 为正处通过，其余处截断
way-logistic = 乘以 { $result } (1 - { $result })
way-tangent = 乘以 1 - { $result }²
way-softmax = 减去按 { $result } 加权的平均，再乘以 { $result }
way-log-softmax = 减去其总和与 { $own } 的 softmax 之积
way-weights = 乘以 { $own } 的 softmax
way-transposed = 乘以 { $other } 的转置
way-outer = 每个元素乘以 { $other } 的每个元素
way-spread = 原样传给每个元素
way-shared = 平均分给各个元素
way-repeats = 在重复的元素上求和
way-exchanged = 轴换回原来的次序
way-shaped = 回到原来的形状
way-placed = 放回原处，其余为零
way-taken = 取同一索引处的元素
way-cut = 取属于它的那一段
way-selected = 传给被选中的元素，其余处截断
way-chosen = 在选中 { $own } 处通过，其余处截断
way-tie = 在选中 { $own } 处通过，相等处各得一半
way-reversed = 按相反次序累加
way-others = 乘以其余元素之积
way-triangle = 限于同一个三角
way-mask = 乘以同一个掩码
way-unmasked = 在掩码遮住 { $own } 处截断
way-finite = 在 { $own } 有限处通过，其余处截断
way-folded = 加回各窗口
way-unfolded = 从每个窗口取出
way-pooled = 平均分给各窗口的元素
way-averaged = 在每个窗口上取平均
way-convolved = 与转置的卷积核 { $other } 作卷积
way-correlated = 与 { $other } 作互相关
way-resampled = 以同样方式重采样
way-sources = 分给参与计算它的各元素
way-direction = 乘以范数在 { $own } 处的斜率
way-cofactors = 乘以 { $own } 的余子式矩阵
way-inverse-transposed = 乘以 { $own } 的逆的转置
way-inverses = 两侧各乘以 { $result } 的转置，再取反
way-solved = 以 { $other } 的转置为矩阵求解
way-solved-outer = 以 { $own } 的转置求解，再乘以 { $result } 转置的相反数
way-recurrence = 沿递推反向传递
way-derivative = 乘以 { $operator } 在 { $own } 处的导数
way-adjoint = 乘以 { $operator } 在 { $own } 处的雅可比矩阵的转置
way-inside = 经过 { $operator } 内部的运算符
way-factor = 乘以 { $factor }
way-summed = { $way }，再沿 { $own } 重复的轴求和
way-summed-same = 沿 { $own } 重复的轴求和

cotangent-without-target = 给出 cotangent 时要指明目标
    .hint = 用 "target" 写出程序中一个数组的名字。

library-not-here = 语言中没有 { $name }
    .hint = 声明数据：X: input[150, 4]，y: target[150]
## Health check

health-nonfinite = { $place } 是第一个非有限的值：{ $size } 个元素中有 { $count } 个是 NaN 或无穷大
health-nonfinite-try = 检查计算 { $place } 的运算：对零取对数或除以零，或指数溢出。用 `clip`、`where` 保护其操作数，或改用 log1p、logsumexp。
health-nonfinite-gradient = 所有的值都有限，但 { $place } 的梯度在 { $size } 个元素中有 { $count } 个非有限
health-nonfinite-gradient-try = 未被选中的分支斜率为无穷大：0 乘以无穷大得 NaN。在 `where` 之内再用一个 `where` 保护操作数。
health-vanishing = 梯度消失：{ $first } 处的梯度（均方根）为 { $gradient }，{ $last } 处为 { $other }
health-vanishing-try = 可以用 relu 代替 sigmoid 或 tanh，采用 He 或 Glorot 初始值、归一化或跳跃连接。
health-exploding = 梯度爆炸：{ $first } 处的梯度（均方根）为 { $gradient }，{ $last } 处为 { $other }
health-exploding-try = 可以减小初始值、裁剪梯度或使用归一化。
health-unused = { $place } 对 { $target } 没有影响
health-unused-try = 在 { $target } 的计算中用上 { $place }，或删除它。
health-no-gradient = { $place } 得不到梯度：{ $target } 对它的梯度的 { $size } 个元素全为 0
health-no-gradient-try = { $place } 与 { $target } 之间没有梯度通过：未激活的整流单元、比较运算或零因子。
health-symmetric = { $place } 的 { $units } 个单元完全相同，梯度也相同：它们将一直相同
health-symmetric-try = 随机取初始值，例如 `{ $place }: parameter[...] = xavier()`。
health-dead = { $place } 的 { $size } 个单元中有 { $count } 个对全部 { $rows } 个样本都为零
health-dead-try = 死亡的单元不再学习。可以减小学习率、取正的偏置或改用 leaky_relu。
health-saturated = { $place } 的 { $size } 个元素中有 { $percent }% 处于激活函数值域的端点附近
health-saturated-try = 饱和的单元几乎不传递梯度。可以减小权重、标准化输入或改用 relu。
health-softmax-twice = { $place } 已经是 softmax 的结果（各行之和为 { $sum }），又经过一次 softmax
health-softmax-twice-try = 把 logits（第一个 softmax 的输入）交给损失函数。
health-scales = { $place } 的各特征尺度不同：第 { $column } 列的标准差为 { $large }，第 { $other } 列为 { $small }
health-scales-try = 将特征标准化：减去均值，再除以标准差。
health-learning-rate = 学习率 { $rate } 超过了沿梯度方向的 2 / 曲率 = { $limit }（曲率 { $curvature }）：一步之后 { $place } 会上升
health-learning-rate-try = 试用小于 { $limit } 的学习率。
## Steps

step-operator = { $outputs }（{ $size }）是 { $what }。
step-composite = { $outputs } 是 { $what }。
step-function = 程序中定义的 { $name } { $source }算出 { $outputs }。
step-scope = { $name } { $source }算出 { $outputs }。
step-loop = { $name } 的循环（{ $count } 次）{ $source }算出 { $outputs }。
step-iteration = 循环的一次迭代 { $name } { $source }算出 { $outputs }。
step-from = 由 { $names }{" "}
step-seed = 反向传播从这里开始：{ $variable } 对自身的导数是 1。
step-contribution = { $through } 处的梯度经 { $operator } 流回 { $variable }{ $way }，得到 { $slope }。
step-part = { $through } 处的梯度经 { $operator } 流回 { $variable }{ $way }：{ $slope } 的第 { $index } 部分，共 { $count } 部分。
step-way = ，{ $way }
step-descent = { $variable } 沿梯度的反方向更新。
name-loop = { $name } 的循环
name-iteration = 迭代 { $name }
size-number = 一个数
size-vector = 长度为 { $n } 的向量
size-matrix = { $rows } 行 { $columns } 列的矩阵
size-array = 形状为 { $shape } 的数组

## Page: page

page-skip = 跳到计算图
page-theme-auto = 主题：跟随系统
page-theme-light = 主题：浅色
page-theme-dark = 主题：深色
page-language = 语言
page-chapter = 教材

## Page: gallery

gallery-title = 示例
gallery-filter = 筛选示例
gallery-programs = 你的程序
gallery-drop = 从列表中移除 { $name }
gallery-own = 你的程序

## Page: tag

tag-all = 全部
tag-chapter = 本章
tag-basics = 基础
tag-regression = 回归
tag-classification = 分类
tag-training = 训练
tag-memory = 内存
tag-depth = 深度
tag-layers = 层
tag-images = 图像
tag-sequences = 序列
tag-attention = 注意力
tag-representation = 表示
tag-physics = 物理
tag-devices = 设备

## Page: program

program-title = 程序
program-text = 程序文本
program-fold = 收起程序
program-run = 运行
program-fix = 改为：{ $text }
program-line = 第 { $line } 行
program-place = 第 { $line } 行，第 { $column } 列
program-undo = 撤销
program-redo = 重做
program-keyword-input = 声明数据：名字、类型，方括号里是形状
program-keyword-target = 声明输出要与之比较的目标
program-keyword-parameter = 声明要学习的数

## Page: graph

graph-outdated = 这是上一个成功运行的程序的计算图。
graph-title = 计算图
graph-drawing = 正在绘制计算图…

## Page: key

key-title = 图例
key-variable = 变量
key-parameter = 参数
key-operator = 运算符
key-data = 数据
key-gradient = 梯度

## Page: role

role-input = 输入
role-target = 目标
role-parameter = 参数
role-constant = 常量
role-intermediate = 中间量

## Page: kind

kind-operator = 运算符
kind-function = 函数
kind-loop = 循环
kind-iteration = 循环迭代

## Page: shape

shape-scalar = 标量
shape-vector = 长为 { $n } 的向量

## Page: view

view-rearrange = 重新排列（R）
view-title = 视图
view-in = 放大
view-out = 缩小
view-fit = 显示全图
view-search = 查找（/）
view-table = 全部变量的表格
view-look = 箭头与数字的画法
view-near = 放大到所选

## Page: graph

graph-drawn = 计算图
graph-far = 共有 { $count } 个图元的计算图。上下方向键在图元间移动，回车打开。
graph-group = { $name }，一组运算符
graph-operator = { $name }，运算符
graph-nan = NaN
graph-infinite = 无穷大
graph-value = 值 { $number }
graph-gradient = 梯度 { $number }
graph-value-shown = 已显示值
graph-gradient-shown = 已显示梯度
graph-close = 收起 { $name }

## Page: relation

relation-title = 突出显示
relation-upstream = 上游
relation-downstream = 下游
relation-paths = 到 { $target } 的路径

## Page: search

search-label = 查找变量或运算符
search-placeholder = 名字或运算符
search-none = 没有这个名字。
search-count = 找到 { $count } 个
search-part = { $count } 个中的 { $shown } 个

## Page: look

look-scale-gradients = 所有梯度共用一个（对数）
look-scale-values = 所有值共用一个
look-scale-array = 每个数组一个
look-scale = 颜色标尺
look-upward = 从下到上
look-rightward = 从左到右
look-orientation = 流向
look-title = 箭头与数字
look-shapes = 显示形状
look-size = 粗细与颜色
look-none = 全部相同
look-value = 按值的大小
look-gradient = 按梯度的大小
look-legend-value = 值（均方根）
look-legend-gradient = 梯度（均方根）
look-numbers = 数字
look-digits = 有效数字
look-scientific = 科学记数法

## Page: table

table-title = 全部变量
table-close = 关闭表格
table-filter = 按名字筛选
table-count = { $count } 个变量
table-part = { $all } 个变量中的 { $count } 个
table-more = 只列出前 { $count } 个；筛选或排序可看到其他。
table-name = 名字
table-role = 角色
table-shape = 形状
table-made = 由何得来
table-gradient = 梯度范数
table-gradientLargest = 最大梯度
table-norm = 值的范数
table-mean = 均值
table-std = 标准差
table-min = 最小
table-max = 最大
table-zeros = 零的个数

## Page: step

step-title = 当前步骤
step-sum = { $variable } 用了 { $count } 次；它的梯度是经 { $names } 到达的各部分之和。
step-kept-more = { $names } 等，另有 { $count } 个
step-prod = prod 表示传来的梯度与局部导数相乘，并按形状要求转置、换序；下一行写出具体形式。
step-start = 开始
step-forward = 前向
step-backward = 反向
step-update = 更新
step-count = 第 { $step } 步，共 { $count } 步
step-empty = 程序是空的。请写几行，例如 x: parameter = 2 和 J = x ** 2，或在上方选一个例子。
step-nothing = 这个程序只声明了变量，没有要计算的东西。
step-given = 给定的变量已有数值。按下播放：数据先向前流动，梯度再往回流动。
step-keys = 空格播放或暂停，← → 单步，Home End 跳转
step-and = { $names } 和 { $last }
step-comma = 、
step-space = {""}
step-kept = 为反向传播保留：{ $names }。
step-kept-nothing = 不为反向传播保留任何值。
step-kept-read = 读取保留的值：{ $names }。

## Page: player

player-title = 播放器
player-replay = 从头重播
player-back = 后退一步
player-play = 播放
player-pause = 暂停
player-step = 前进一步
player-phase = 到下一阶段
player-previous = 到上一阶段
player-loop = 循环播放
player-range = 步骤
player-at = 第 { $step } 步，共 { $count } 步：{ $text }
player-speed = 速度

## Page: inspector

inspector-title = 检查器
inspector-close = 关闭检查器
inspector-role = 角色
inspector-shape = 形状
inspector-type = 类型
inspector-kind = 种类
inspector-flops = FLOPs
inspector-read = 读取字节
inspector-written = 写入字节
inspector-value = 值
inspector-gradient = 梯度
inspector-value-due = 在第 { $step } 步算出
inspector-gradient-due = 在第 { $step } 步完成
inspector-target = 对它求导
inspector-target-short = 对 { $id } 求导
inspector-target-is = 当前显示的是 { $id } 的梯度。
inspector-loss-none = { $loss } 不依赖于 { $id }。
inspector-nowhere = 从这里没有路径通向目标。
inspector-scales = 值与梯度共用一个色阶
inspector-paths = 每条路径的贡献
inspector-paths-more = 另有 { $count } 条路径。
inspector-goto = 到第 { $step } 步
inspector-from = 来自
inspector-to = 去向
inspector-more = 另有 { $count } 个。
inspector-link = { $role }，{ $shape }

## Page: numbers

numbers-of-value = { $id } 的值
numbers-of-gradient-loss = { $loss } 关于 { $id } 的梯度
numbers-of-gradient = { $id } 的梯度
numbers-of-contribution = { $id } 经 { $through } 的贡献
numbers-of-numerical = { $id } 的数值梯度
numbers-of-jacobian = { $out } 对 { $into } 的雅可比矩阵
numbers-of-tangent = { $id } 的切向量
numbers-table = { $name }，{ $shape }
numbers-at = { $name }，位置 { $index }
numbers-none = 没有元素。
numbers-axis = 轴 { $axis }
numbers-slice = 切片（NumPy 写法）
numbers-show = 显示切片

## Page: change

take-title = 取走 { $name }
take-copy = 复制
take-csv = CSV
take-npy = .npy
take-download = 下载 { $file }
change-paste = 粘贴
change-file = 上传
change-random = 随机
change-zero = 清零
change-reset = 还原
change-reset-words = 恢复程序自己的数
change-paste-words = CSV 或 JSON 格式的数
change-use = 使用这些数
change-file-words = 上传 .npy、.csv 或 .json 文件
change-npy = 这不是 .npy 文件。
change-npy-kind = 这个 .npy 文件里不是数。
change-npy-short = 这个 .npy 文件不完整。
change-npz = 一个 .npz 文件里有多个数组：请把需要的那一个存成 .npy。
change-brackets = 括号不配对。
change-rows = 各行长短不一。
change-shape = 需要 { $shape } 个数；这里是 { $found }。
change-list = 需要一列数。
change-word = { $word } 不是数。
change-count = 需要 { $count } 个数；这里有 { $found } 个。

## Page: figures

figures-title = 统计
figures-min = 最小
figures-max = 最大
figures-mean = 均值
figures-std = 标准差
figures-norm = 范数
figures-zeros = 零
figures-nonfinite = 非有限
figures-bar = { $from } 到 { $to }：{ $count } 个
figures-histogram = { $from } 到 { $to } 的直方图

## Page: because

because-scalar = { $id } 和 { $target } 都是单个数，它们之间唯一的导数也是一个数。
because-array = { $target } 是单个数，所以 { $id } 的每个元素各有一个导数：梯度的形状是 { $shape }，与 { $id } 相同。
because-matmul = 在乘积中，到达 { $through } 的梯度（{ $a }）与转置后的另一个因子（{ $b }）相乘，得到 { $shape }。
because-spread = { $through } 把许多元素并成较少的几个，所以到达那里的梯度又分回到全部 { $count } 个元素上。
because-broadcast = { $id } 被重复以配合 { $through }（{ $shape }），所以到达那里的梯度沿重复的轴求和。

## Page: check

check-start = 数值检验
check-asking = 正在检验…
check-agrees = 与{ $method }一致：相对误差 { $error }。
check-differs = 与{ $method }不符：相对误差 { $error }。
check-method-central-differences = 中心差分 (J(x + h) − J(x − h)) / 2h{" "}
check-method-complex-step = 复步法 Im J(x + ih) / h{" "}
check-none = 只有声明的变量可以改动，所以只能检验它们的梯度。

## Page: derivation

derivation-title = 推导
derivation-copy = 复制为 LaTeX
derivation-copied = 已复制
derivation-through = 经 { $operator }
derivation-gradient = d{ $target }/d{ $id } 的推导
derivation-more = 另有 { $count } 条途径
derivation-end = 目标对自身的导数。

## Page: operator

operator-reference = 参考
operator-more = { $op } 的完整参考
operator-derivatives = 局部导数
operator-show = 显示雅可比矩阵
operator-show-of = 显示雅可比矩阵：{ $out }，{ $into }
operator-large = { $count } 个元素，多得无法显示。
operator-total = 这个输入还经别的途径到达结果；此雅可比矩阵包含所有途径。
operator-rows = { $shape }：{ $out } 的每个元素一行，{ $into } 的每个元素一列。

## Page: forward

forward-title = 从这里做前向模式
forward-entry = 变动的元素
forward-push = 向前推进
forward-words = 一次前向传播把 { $id } 的变动带给依赖它的一切；一次反向传播把目标的梯度带给目标所依赖的一切。
forward-meets = 前向模式使 { $target } 变动 { $tangent }；反向模式得到的梯度中，同一元素是 { $gradient }。
forward-step = { $outputs } 的切向量，经 { $op }
forward-flops = { $count } FLOPs
forward-cost-value = 只算值
forward-cost-forward_mode = 前向模式，这一个方向
forward-cost-forward_mode_all_directions = 前向模式，每个元素
forward-cost-reverse_mode = 反向模式，全部变量的每个元素

## Page: error

error-silent = 服务器没有应答。
error-silent-hint = 它还在运行吗？请稍后再试。
error-silent-again = 会一直重试到有应答为止；什么都不会丢失。

## Page: notice

guard-apply = 把 { $before } 换成 { $after }
notice-nonfinite = 第一个非有限的数出现在 { $place }：{ $state }。
notice-nonfinite-backward = 所有的值都有限，但 { $place } 的梯度不是：{ $state }。未被选中的分支斜率可能为无穷大，而 0 · ∞ 得 NaN。
notice-numbers = 地址里的数与程序不符：这里显示的是程序自己的数。

## Page: error

error-english = 服务器说（英文）：{ $message }
error-status = 服务器返回了状态 { $status }。

## Page: document

document-forward = 前向传播
document-backward = 反向传播

## Page: share

share-title = 分享
share-link = 复制链接
share-copied = 已复制
share-link-words = 地址里包含程序、数值、视图、当前步骤以及实验室中的设置。
share-svg = 图片（SVG）
share-png = 图片（PNG）
share-latex = 推导（LaTeX）
share-json = 轨迹（JSON）
share-print = 打印
share-embed = 嵌入网页…
share-embed-title = 嵌入这张图
share-embed-close = 关闭对话框
share-embed-frame = 框架
share-embed-frame-words = 适用于任何可以写 HTML 的页面或编辑器；能把链接变成嵌入内容的编辑器，只需粘贴地址。
share-embed-element = 网页组件
share-embed-element-words = 适用于自己的网页：成为页面的一部分，明暗跟随页面，样式与事件都由页面掌握。
share-embed-file = 文件
share-embed-file-words = 单个文件，从磁盘直接打开，离线播放全部步骤；也可以只要图片、推导或轨迹。
share-embed-course = 课程源文件
share-embed-course-words = 程序写在课程的源文件里，构建网站时运行一次，读者不需要任何服务器。
share-embed-source = 源文件格式
share-embed-theme = 主题
share-embed-theme-auto = 跟随环境
share-embed-theme-light = 浅色
share-embed-theme-dark = 深色
share-embed-language = 语言
share-embed-language-any = 跟随读者
share-embed-language-en = 英文
share-embed-language-zh = 中文
share-embed-height = 高度（像素）
share-embed-moment = 起始步骤
share-embed-first = 播放自第
share-embed-last = 至第（步）
share-embed-panels = 显示
share-embed-panel-equation = 等式
share-embed-panel-transport = 播放器
share-embed-panel-key = 图例
share-embed-panel-inspector = 检查器
share-embed-play = 对读者
share-embed-autoplay = 自动播放
share-embed-readonly = 不可修改数值
share-embed-preview = 预览
share-embed-width = 预览宽度
share-embed-width-wide = 宽屏
share-embed-width-phone = 手机
share-embed-code = 要复制的代码
share-embed-copy = 复制
share-embed-address = 复制地址
share-embed-select = 已选中，请手动复制。

## Page: tour

tour-title = 导览
tour-take = 开始导览
tour-resume = 继续导览
tour-later = 以后再说
tour-offer = 第一次来？
tour-count = 第 { $step } 步，共 { $count } 步
tour-back = 上一步
tour-next = 下一步
tour-done = 完成
tour-close = 关闭导览
tour-chapter = 阅读教材页

## Page: lab

lab-title = 实验室
lab-close = 关闭此面板

## Page: curvature

curvature-title = 二阶导
curvature-picture = 主图
curvature-level-value = 函数值
curvature-level-gradient = 梯度
curvature-level-product = H·v
curvature-level-hessian = 海森矩阵
curvature-level-value-told = 程序自己的图。梯度也是一张图，它的导数也是：请选一层。
curvature-level-gradient-told = 前向与反向传播合成一张图。反向部分为朱红色；点线把梯度与它的变量连在一起。
curvature-level-product-told = 海森矩阵乘以方向 v 的图：只含算它所需的部分。点线把 v 和 H·v 连到各自的参数。
curvature-level-hessian-told = 一次求出全部二阶导：每个参数重复一遍 H·v 的图，v 取单位向量。
curvature-costs = 相当于函数值的多少倍
curvature-again = 重新测量
curvature-level = 层次
curvature-nodes = 节点
curvature-nodes-told = { $operators } 个运算符，{ $variables } 个变量
curvature-flops = FLOPs
curvature-bytes = 字节
curvature-time = 时间
curvature-measured = 在服务器上实测，取多次的中位数
curvature-reckoned = 推算：{ $count } 次乘积
curvature-expected = 预期：无论参数多少，梯度约为函数值的 2 到 4 倍，若要把一个数组的各切片重新拼合则更多；H·v（只算它自己）再多一个小常数；整个海森矩阵每个参数要一次乘积，这里是 { $count } 次。数组很小时，时间主要花在调用运算符而不是算术上。
curvature-hessian = 海森矩阵
curvature-hessian-label = 海森矩阵，{ $size } 乘 { $size }，元素绝对值不超过 { $scale }
curvature-hessian-hint = { $size } 乘 { $size }，元素在 ±{ $scale } 之内。指向某个元素，或聚焦后用方向键查看。
curvature-entry = { $row } 与 { $column }：{ $value }
curvature-eigenvalues = 特征值
curvature-eigenvalues-range = 从 { $low } 到 { $high }
curvature-eigenvalues-counts = { $positive } 个为正，{ $negative } 个为负，{ $flat } 个为零。
curvature-minimum = 曲率全为正：目标在各个方向上都向上弯。
curvature-maximum = 曲率全为负：目标在各个方向上都向下弯。
curvature-saddle = 曲率有正有负：此处呈鞍形。
curvature-flat = 沿某些方向梯度不变。
curvature-condition = 最大与最小绝对值之比：{ $value }。
curvature-large-parameters = { $value } 个参数的海森矩阵有 { $numbers } 个数，每列一次乘积；最多算到 { $limit } 个参数。H·v 和下面的曲率不需要整个矩阵。
curvature-large-work = 海森矩阵需要 { $value } 次浮点运算；本服务器允许 { $limit } 次。H·v 和下面的曲率不需要整个矩阵。
curvature-block = 逐块查看数值
curvature-block-rows = 块的行
curvature-block-columns = 块的列
curvature-block-of = 关于 { $name } 和 { $wrt } 的二阶导数
curvature-line = 逆梯度方向，随学习率变化
curvature-parabola = 抛物线
curvature-line-told = 斜率 { $slope }，曲率 { $curvature }。
curvature-line-best = 抛物线在学习率 { $rate } 处最低：预计变化 { $promised }，实际 { $actual }。
curvature-line-none = 目标沿此方向并不向上弯：抛物线没有最低点。
curvature-steps = 梯度步与牛顿步
curvature-damping = 阻尼
curvature-steps-step = 步
curvature-steps-length = 步长
curvature-steps-before = 之前的 { $target }
curvature-steps-after = 之后的 { $target }
curvature-gradient = 梯度步
curvature-newton = 牛顿步
curvature-take = 走这一步
curvature-take-label = 走这一步：{ $name }
curvature-newton-minimum = 牛顿步一下子走到抛物面在所有方向上的最低点。
curvature-newton-maximum = 牛顿步走向梯度为零之处：这里是上坡。加上阻尼可转为下坡。
curvature-newton-saddle = 牛顿步走向梯度为零之处，沿负曲率方向是上坡。阻尼大于这些曲率时转为下坡。
curvature-newton-flat = 沿平坦方向牛顿步不动（取所有解中最短的）。

## Page: shapes

shapes-title = 形状
shapes-variable = 对哪个变量求导
shapes-of = 对什么求导
shapes-number = 一个数
shapes-gradient-told = { $target } 是一个数，所以它的梯度对 { $name } 中的每个数各有一个数：形状相同，{ $shape }，共 { $count } 个。
shapes-gradient-scalar = { $target } 与 { $name } 都是一个数，梯度也是。
shapes-gradient-zero = { $target } 不依赖于 { $name }：它们全为 0。
shapes-gradient-update = 因此更新时可以逐元素地从 { $name } 中减去它。
shapes-gradient-label = 对 { $name } 的梯度，{ $shape }
shapes-jacobian-told = { $of }（{ $outer }）中的一个数与 { $name }（{ $inner }）中的一个数，每一对有一个数：先是 { $of } 的轴，再是 { $name } 的轴，{ $shape }，共 { $count } 个。
shapes-jacobian-scalar = { $of } 是一个数：雅可比的形状与 { $name } 相同，{ $shape }。
shapes-jacobian-of = { $name } 是一个数：雅可比的形状与 { $of } 相同，{ $shape }。
shapes-jacobian-through = { $of } 并不直接读取 { $name }：这是经过其间所有运算的雅可比。
shapes-jacobian-label = { $of } 对 { $name } 的雅可比，{ $shape }
shapes-jacobian-zeros = { $count } 个数中有 { $zeros } 个为 0。
shapes-jacobian-large = { $count } 个数太多，这里无法查看（最多 { $limit } 个）；只画出一部分空块。
shapes-jacobian-blocks = 每一块对应 { $of } 中的一个数，形状与 { $name } 相同。指向某个元素，或聚焦后用方向键查看。
shapes-entry = { $of } 对 { $name }：{ $value }
shapes-product = 流回来的是什么
shapes-product-told = 反向传播从不构造雅可比。它把 { $of } 处的梯度与之相乘，{ $of } 的轴被求和消去：到达 { $name } 的是 { $gradient } 个数，而不是 { $jacobian } 个。

## Page: training

training-title = 训练
training-data = 数据
training-csv = 自己的 CSV
training-csv-text = 每行一个样本，目标在最后
training-csv-target = 目标列
training-count = 样本数
training-noise = 噪声
training-seed = 种子
training-optimizer = 优化器
training-rate = 学习率
training-schedule = 调度
training-batch = 批量大小
training-batch-own = 默认
training-steps = 步数
training-setting-momentum = 动量
training-setting-decay = 衰减
training-setting-beta1 = β₁
training-setting-beta2 = β₂
training-setting-weight_decay = 权重衰减
training-setting-every = 每隔
training-setting-steps = 历经步数
training-setting-floor = 下限
training-schedule-constant = 不变
training-schedule-step = 阶梯
training-schedule-exponential = 指数
training-schedule-cosine = 余弦
training-schedule-warmup = 预热

## Page: data

data-xor = 异或
data-circles = 同心圆
data-moons = 双月
data-spirals = 螺旋
data-blobs = 团簇
data-sine = 正弦
data-line = 直线
data-linear = 线性
data-shapes = 图形

## Page: training

training-run = 运行
training-pause = 暂停
training-step = 一步
training-again = 同一起点
training-reset = 新的起点
training-use = 采用这些值
training-use-words = 用训练得到的值代替程序的初始值,供计算图、网址和导出使用
training-save = 下载数值
training-save-words = 把训练得到的值存为 .safetensors 文件
training-load = 载入数值
training-load-words = 按程序中的名字载入 .safetensors 文件里的值
training-load-wrong = 该文件中没有程序变量的值：需要一个带有这些名字的 .safetensors 文件。
training-standardize = 标准化输入（均值 0，标准差 1）
training-ascent = 上升：负的学习率使损失增大。
training-status-start = 尚未训练。
training-status = 第 { $step } 步，第 { $epoch } 轮，学习率 { $rate }
training-status-opened = 某次训练的第 { $step } 步，可由此继续。
training-loss = 损失
training-loss-train = 训练
training-loss-held = 验证
training-norms = 梯度范数
training-start = 起点
training-hint = 图中是样本，以及目前对它们的预测。可以连续运行，也可以逐步进行。
training-blank = 每一步的损失将画在这里
training-blank-norms = 每个参数一条线
training-norms-vanishing = 梯度在回传途中消失：{ $first } 处只有 { $last } 处的 1/{ $ratio }。
training-norms-exploding = 梯度在回传途中爆炸：{ $first } 处是 { $last } 处的 { $ratio } 倍。
training-spread = 数值的分布
training-spread-of = 参数
training-spread-parameter = 参数：每一列是某一步的直方图，颜色越浓，数值越多
training-spread-gradient = 它的梯度
training-spread-label = { $name }：第 { $step } 步时从 { $low } 到 { $high }
training-compare = 保留以比较
training-compare-drop = 放弃保留的训练
training-compare-kept = 保留
training-compare-now = 当前
training-compare-told = 保留的训练：{ $words }。
training-compare-same = 尚未改动：请改动一处再运行。
training-compare-one = 改动：{ $changes }。
training-compare-many = 改动了不止一处：{ $changes }。
training-diverged-update = 上一次更新使 { $name } 溢出：学习率太大。
training-diverged-given = { $name } 被给了一个非有限的值。
training-surface = 决策面
training-fit = 拟合值
training-log = 对数
training-accuracy = 准确率 { $share }
training-rmse = 均方根误差 { $value }
training-finished = 所有步都已完成。
training-open = 在播放器中打开这一步
training-update = 第 { $step } 步的更新
training-update-averaged = 播放器显示这一步 { $count } 个样本中的第一个；更新取所有样本梯度的平均。
training-update-next = 下一次前向传播读取这次更新留下的参数。
training-told = { $name }损失 { $value }
training-diverged-gradient = { $variable } 的梯度
training-diverged = 第 { $line } 行的 { $op } 得到的 { $name } 是 NaN 或无穷：{ $phase }传播停在那里。减小学习率或许可以避免。
training-chart = { $name }：第 { $from } 步为 { $first }，第 { $to } 步为 { $last }

## Page: memory

memory-title = 内存
memory-curves = 各步存活的字节
memory-curves-told = 各步存活的字节：训练{ $training }；预测 { $prediction }
memory-training = 训练
memory-prediction = 预测
memory-prediction-run = 预测：峰值时存活
memory-checkpointed = 检查点
memory-peak = 峰值 { $bytes }，在 { $name }
memory-moment = 第 { $step } 步，共 { $count } 步：{ $name }，{ $bytes }
memory-live = 存活：{ $names }
memory-hint = 在曲线上移动指针，或用方向键沿曲线移动，查看哪些缓冲区存活。
memory-freed = 此后释放：{ $names }
memory-more = 另有 { $count } 个
memory-footprint = 训练一步与一次预测
memory-parameters = 参数
memory-data = 数据
memory-optimizer = 优化器状态
memory-gradients = 梯度
memory-activations = 激活
memory-intermediate_gradients = 途中的梯度
memory-workspace = 工作区
memory-rest = 空隙
memory-total = 合计
memory-optimizer-label = 优化器
memory-checkpointing = 梯度检查点
memory-checkpointing-told = { $segments } 段；{ $recomputed } 个运算符运行两次，多 { $flops } 次运算（{ $share }）；峰值由 { $before } 变为 { $after }；梯度{ $same }。
memory-same = 逐位相同
memory-other = 不同
memory-saved = 为反向传播保留
memory-saved-by = { $operators } 需要
memory-saved-none = 不另占内存
memory-symbols = 用符号表示须保存的数
memory-symbols-none = 这个程序的尺寸都不能单独改变。
memory-named = 程序把尺寸写成了数；这里称它们为 { $line }。
memory-named-write = 把这些名字写进程序
memory-output = 预测变量
memory-formula-here = 当前尺寸下为 { $count }
memory-formula-near = （适用于相近的尺寸；尺寸改变时峰值会出现在另一步）
memory-size = 峰值随
memory-size-at = { $size } = { $value }：训练 { $training }，预测 { $prediction }
memory-measured = 一次运行的实测峰值：{ $measured }，计划 { $planned }。实测包含 Python 自身的对象，约数千字节，不随数组变大。
memory-saved-total = 共 { $bytes }
memory-formula-parameters = 参数
memory-formula-data = 数据
memory-formula-gradients = 梯度
memory-formula-saved = 保留
memory-formula-prediction = 预测
memory-formula-training = 训练

## Page: devices

devices-title = 设备
devices-count = 设备数
devices-memory = 每台设备的内存
devices-memory-none = 不限
devices-rate = 设备速度
devices-bandwidth = 链路带宽
devices-latency = 消息延迟
devices-microbatches = 微批数
devices-optimizer = 优化器
devices-verdict-over = 训练一步在一台设备上需要 { $whole }。分到 { $asked } 台设备上，每台至少需要 { $least }：{ $limit } 不够。
devices-verdict-free = 训练一步在一台设备上需要 { $whole }；没有限制时，只为速度而切分。
devices-verdict-one = 训练一步需要 { $whole }：一台 { $limit } 的设备放得下，只为速度而切分。
devices-verdict-split = 训练一步需要 { $whole }：一台 { $limit } 的设备放不下，{ $used } 台则可以。
devices-fewer = { $asked } 台设备中只用了 { $used } 台：再多，最慢的一段也不会更快。
devices-algorithm = 切分方法是沿拓扑序的动态规划，同 PipeDream（2019）：先守内存上限，再让最慢的一段最快，然后让切口上的字节最少。
devices-stages = 每台设备放着什么
devices-work = { $share } 的计算
devices-updates = 更新 { $names }
devices-links = 一步中经过各链路的数据
devices-link-forward = 前向 { $bytes }
devices-link-backward = 反向 { $bytes }
devices-link-parameter = 参数 { $bytes }
devices-on = 在设备 { $devices } 上
devices-part = { $devices } 台设备各做一部分
devices-timeline = 一步的时间线
devices-timeline-label = 一步的时间线，{ $strategy }：{ $devices } 台设备，{ $time }，忙碌占 { $share }。用方向键在各条之间移动。
devices-timeline-hint = 指向一条，它的运算符会亮起；指向图中的节点，它的各条会亮起。
devices-timeline-words = 用文字说明时间线
devices-timeline-row = 设备 { $device } 从 { $start } 工作到 { $end }：前向 { $forward }，反向 { $backward }；发送 { $bytes }，忙碌占这一步的 { $share }。
devices-bar-forward = 前向
devices-bar-backward = 反向
devices-bar-update = 更新
devices-bar-transfer = 发送
devices-bar-computes = 设备 { $device }：{ $kind }，微批 { $number }，从 { $start } 到 { $end }
devices-bar-sends = 设备 { $device } 向设备 { $target } 发送 { $bytes }，从 { $start } 到 { $end }
devices-compare = 完成一步的各种办法
devices-column-strategy = 策略
devices-column-memory = 内存
devices-column-moved = 传输
devices-column-time = 时间
devices-column-busy = 忙碌
devices-strategy-one_device = 一台设备
devices-strategy-model_parallel = 模型并行
devices-strategy-pipeline = 流水线
devices-strategy-tensor_parallel = 张量并行
devices-strategy-data_parallel = 数据并行
devices-strategy-smaller_minibatch = 更小的批量
devices-about-one_device = 全部放在一处：其余办法都与它相比。
devices-about-model_parallel = 计算图分成 { $devices } 段，每次只有一段在工作。
devices-about-pipeline = 同样的几段，由 { $count } 个微批保持忙碌。
devices-about-tensor_parallel = { $products } 个乘积分到 { $devices } 台设备上。
devices-about-data_parallel = { $devices } 份完整副本分担 { $whole } 个样本；梯度求和。
devices-about-smaller_minibatch = 一台设备，每次 { $whole } 个样本中的 { $examples } 个。
devices-over = 超过 { $limit }
devices-for-memory = 内存只有一台设备的 { $share }
devices-for-time = 速度是 { $times } 倍
devices-for-moved = 无须传输
devices-against-memory = 内存是一台设备的 { $share }
devices-against-time = 耗时是 { $times } 倍
devices-against-moved = 传输 { $bytes }，占时间的 { $share }
devices-against-bubble = 空闲占时间的 { $share }
devices-against-steps = 同样的样本要 { $steps } 步
devices-missing-memory = 分到 { $devices } 台设备上，每台需要 { $bytes }。
devices-missing-batch = 这个程序没有命名批量的尺寸；可以像 n = 8 与 X: input[n, 2] 那样写。
devices-missing-products = 没有含参数的乘积可以按 { $devices } 划分。
devices-missing-examples = { $examples } 个样本不够 { $devices } 台设备分。
devices-verify = 逐段执行并比较梯度
devices-verify-running = 正在运行…
devices-verify-same = 切分后的 { $count } 个梯度与整图的逐位相同：{ $names }。
devices-verify-other = 这些梯度不同：{ $names }。

## Page: edits

edits-title = 改动
edits-make = 改动计算图
edits-bias = 添加偏置
edits-activation = 更换激活函数
edits-layer = 在其后添加一层
edits-dropout = 在其后添加 dropout
edits-skip = 添加旁路
edits-decay = 添加权重衰减
edits-sizes = 给尺寸命名
edits-missing = 在这里不适用的改动（{ $count }）
edits-missing-bias = 含参数的乘积都已有偏置，或没有这样的乘积。
edits-missing-activation = 没有调用激活函数。
edits-missing-layer = 没有激活紧接在含参数的乘积之后或之前。
edits-missing-dropout = 没有激活会被后面的乘积读取。
edits-missing-skip = 没有哪个乘积的激活与乘积的输入形状相同。
edits-missing-decay = 已有参数的平方，或没有含参数的乘积与目标比较。
edits-missing-sizes = 声明方括号里的数都不能单独改变。
edits-compare = 与之比较
edits-nothing = 不比较
edits-session = 本次早先的程序
edits-earlier = 前 { $number } 个：{ $line }
edits-shorter = 行数较少
edits-hint = 做一处改动，或选一个程序来比较。
edits-same = 两个计算图相同。
edits-summary = 新增 { $added } 个节点，改变 { $changed } 个，去掉 { $removed } 个；另有 { $downstream } 个的数值随之改变。
edits-added = 新增
edits-changed = 改变
edits-removed = 去掉
edits-downstream = 随之改变
edits-reason-shape = 形状
edits-reason-role = 角色
edits-reason-value = 数值
edits-reason-operator = 由另一个运算符算得
edits-reason-attributes = 属性
edits-reason-inputs = 读取了别的
edits-forward = 不同的前向方程（{ $count }）
edits-backward = 不同的反向方程（{ $count }）
edits-before = 之前
edits-after = 之后
edits-none = 无
edits-back = 回到那个程序

## Page: training

training-clip = 梯度裁剪范数
training-clip-none = 不裁剪
training-hint-plain = 可以连续运行，也可以逐步进行。

## Page: data

data-own = 图中数值

## Page: training

training-none = 没有可训练的内容：需要一个要减小的标量和一个可以改变的参数。

## Page: tour

tour-stop-network-title = 带权重衰减的单隐藏层网络
tour-stop-network = 方块是变量，蓝色的是参数；圆圈是运算符。输入、标签和权重已有数值，其余的还没算。
tour-stop-z-title = 前向：进入隐藏层
tour-stop-z = 第一层权重乘以输入，得到 z。下方是方程，先写符号，再写这次运行的数。
tour-stop-h-title = 激活
tour-stop-h = ReLU 逐个看 z 的元素：正的通过，其余变成零。
tour-stop-o-title = 从隐藏层到输出
tour-stop-o = 第二层权重把隐藏激活值变成输出。留意 h：它要留着，回来的路上用得到。
tour-stop-L-title = 错了多少？
tour-stop-L = 损失函数把输出与标签一比，只剩下一个数。它的圆圈是双线的：里面还有一幅图。
tour-stop-s-title = 权重大的代价
tour-stop-s = 权重衰减不看数据，只把每个权重平方，加起来，再取 λ/2 倍。这就是正则化项。
tour-stop-inside-title = 圆圈里面
tour-stop-inside = 打开来看，正则化项也是一幅普通的图：平方、求和、乘积。双线的圆圈都能这样打开，点它的名字便收起。
tour-stop-J-title = 目标函数
tour-stop-J = 损失项加正则化项就是目标函数，训练要让它变小。前向传播到此完成：每个方块里都有值了。
tour-stop-fork-title = 图上的分岔
tour-stop-fork = 从第一层权重到目标函数有两条路，一条随数据走，一条经过正则化项。回来时，两条路都会带回东西。
tour-stop-turn-title = 折返点
tour-stop-turn = 反向传播沿同样的箭头反着走，从确定无疑的一点开始：目标函数对自己的导数是 1。
tour-stop-sum-title = 加法原样传递
tour-stop-sum = J 是 L 加 s。哪一项动一点，J 就动同样多，所以两项收到的梯度都原样不变。
tour-stop-do-title = 穿过损失函数
tour-stop-do = 链式法则的一环：L 处的梯度乘以损失函数的导数。到达 o 的，正是每个输出偏差了多少。
tour-stop-ds-title = 穿过正则化项
tour-stop-ds = 平方的一半求导得到自己，所以每个权重收到 λ 乘以自己。（播放器先走这一步，再到 o；两者互不需要。）
tour-stop-dW2-title = 分岔变成加号
tour-stop-dW2 = 第二层权重用了两次，于是有两份梯度到来并相加：一份经过 o，用到了留存的 h；一份经过 s。
tour-stop-dh-title = 退回输出层之前
tour-stop-dh = 要往回走，梯度得逆着箭头穿过这一层。当初把 h 送往前方的权重，转置之后把梯度送回来。
tour-stop-dz-title = 退回激活之前
tour-stop-dz = 仍然是按元素进行。ReLU 在哪里截断了 z，梯度就在哪里被截断。
tour-stop-dW1-title = 到家
tour-stop-dW1 = 第一层权重，同样来自两条路。现在每个参数都知道目标函数怎样随自己变化，优化算法要的就是这些。
tour-stop-end-title = 轮到你了
tour-stop-end = 点一个方块，换一个数：值和梯度立刻跟上。实验室可以训练这个网络、清点它的内存；教材页把这一切讲得更细。

## Page: health

health-title = 诊断
health-about = 这个网络在这次运行中有什么问题？每一项发现都列出数字、在图中的位置和建议。
health-rate = 学习率
health-fine = 没有发现问题：梯度到达每个参数且大小相近，没有死亡或饱和的单元，所有数都有限。
health-count = { $count } 项发现
health-none = 这个程序没有可以求导的标量，因此没有梯度可以检查。
health-show = 在图中显示
