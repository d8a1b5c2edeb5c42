; Later patterns win. The lists are those of the language's tables: tests/editors.rs compares them.
(name) @variable
(path) @property
(quantity) @number
(text) @string
(hole) @preproc
(operator) @operator
["," ":"] @punctuation.delimiter
["{" "}" "(" ")"] @punctuation.bracket
(comment) @comment
(doc_comment) @comment.doc
((name) @constant.builtin (#any-of? @constant.builtin "access" "accounting" "admin" "after" "all" "allowed" "any" "append-only" "atomically" "be" "best" "block" "boundary" "checks" "client" "consistency" "crash" "critical" "degrade" "delivery" "different" "distinct" "does" "downstream" "duplicate" "effort" "eligibility" "entity" "even" "event" "eventually" "external" "fencing" "follows" "forbidden" "holder" "holding" "idempotent" "if" "intent" "internal" "is" "join-heavy" "latest" "lifecycle" "machine" "many" "max" "mechanism" "merge" "min" "minority" "never" "node" "non-negative" "none" "offline" "one" "order" "out" "overwrite" "owned" "partial" "partner" "pipeline" "preferred" "process" "propagation" "queries" "relationship" "retries" "retry" "same" "scheduler" "send" "sequence" "server" "services" "shape" "single" "slow" "source" "state" "store" "storm" "succeed" "sum" "temporal" "told" "tolerate" "total" "truth" "uniqueness" "user" "while" "winner" "write" "writer" "writers"))
((name) @keyword.operator (#any-of? @keyword.operator "across" "and" "because" "by" "each" "exists" "for" "in" "not" "of" "on" "or" "per" "within"))
((name) @property . ":")
((name) @attribute (#any-of? @attribute "add" "announces" "at" "between" "calls" "canonical" "causes" "clock" "complete" "completes" "computed" "concurrency" "content-addressed" "count" "create" "delete" "delivered" "derivable" "design" "enforces" "ephemeral" "everywhere" "evolution" "freshness" "from" "half-life" "holds" "home" "horizon" "hottest" "increases" "indivisible" "itself" "key" "last" "latency" "lateness" "may" "needs" "numbers" "once" "only" "ordered" "ordering" "over" "ownership" "owns" "pair" "parameter" "partition" "partitions" "population" "provides" "ranked" "rate" "read" "reads" "rebuild" "regions" "remove" "reserves" "retention" "size" "spatial" "staleness" "text" "then" "to" "top" "transitions" "undone" "unique" "until" "up" "value" "watchers" "when" "where" "windowed" "written"))
(call function: (name) @function)
((item . (name) @keyword) (#any-of? @keyword "actor" "allow" "budget" "decide" "fault" "invariant" "load" "object" "operation" "price" "query" "region" "reject" "requirement" "service" "system" "technology" "use" "view"))
((item . (name) @keyword . (name) @type) (#any-of? @keyword "actor" "allow" "budget" "decide" "fault" "invariant" "load" "object" "operation" "price" "query" "region" "reject" "requirement" "service" "system" "technology" "use" "view"))
((item . (name) @keyword . (call function: (name) @function)) (#any-of? @keyword "actor" "allow" "budget" "decide" "fault" "invariant" "load" "object" "operation" "price" "query" "region" "reject" "requirement" "service" "system" "technology" "use" "view"))
