### 简体中文：Tidegraph 的全部文字。英文见 en.ftl；加一条消息见 docs/messages.md。

language-name = 简体中文

## General

list-separator = 、
list-and = { $names }和{ $last }
list-or = { $names }或 { $last }
operands = { $shapes }
has-shape = { $name } 的形状为 { $shape }
in-node = 节点 { $name }
in-context = { $context }：{ $problem }
did-you-mean = 是不是 { $name }？
one-of = 可以是 { $names }

## Errors: the program

nested-too-deeply = 程序嵌套得太深
    .hint = 把表达式分成几行
unknown-name = { $name } 没有定义

## Errors: shapes and operators

does-not-broadcast = 第 { $axis } 轴的尺寸为 { $sizes }，不能广播
    .hint = 从最后一轴数起，尺寸要相等或为 1

## Errors: values and options

unknown-variable = 没有变量 { $name }
value-shape = { $name } 的形状为 { $shape }，给出的值的形状为 { $given }
unknown-size = 程序中没有名为 { $name } 的尺寸
not-a-minibatch-size = { $name } 不是小批量的尺寸
    .hint = 给小批量的尺寸命名：n = 8，X: input[n, 2]

## Errors: requests

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

not-found = { $path } 处没有内容。
method-not-allowed = { $path } 不接受 { $method }。
http-error = { $reason }
invalid-request = { $faults }
    .title = 请求有误
field-error = { $reason }
field-misspelled = 没有这个字段；是不是 { $meant }？
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
quantity-operators = 运算符数
quantity-elements-per-array = 最大数组
quantity-memory = 内存
quantity-work = 计算量
quantity-body = 请求正文
quantity-nodes = 节点数
quantity-graph-to-be-split = 要划分的计算图
quantity-graph-to-be-edited = 要修改的计算图
quantity-program-length = 程序长度
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
invalid-json = 正文不是 JSON：{ $reason }。
    .title = JSON 有误
json-is-utf-8 = JSON 以 UTF-8 发送，不带字节顺序标记。
json-not-finite = NaN 和无穷写作字符串 "NaN"、"Infinity" 和 "-Infinity"。
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
not-a-number = { $thing }不是数
not-an-array = { $thing }不是数组
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
