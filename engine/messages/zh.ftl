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
