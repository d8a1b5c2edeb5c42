(item . (name) . (name) @name) @definition.class
(item . (name) . (call function: (name) @name)) @definition.function
