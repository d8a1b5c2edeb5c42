;;; sysd-mode.el --- System design specs  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages

;;; Commentary:

;; Colours `.sysd' files and asks `sysd lsp' for everything else, through Eglot.

;;; Code:

(defconst sysd-items '("actor" "allow" "budget" "decide" "fault" "invariant" "load" "object" "operation" "price" "query" "region" "reject" "requirement" "service" "system" "technology" "use" "view")
  "Words that open an item.")

(defconst sysd-clauses '("add" "announces" "at" "between" "calls" "canonical" "causes" "clock" "complete" "completes" "computed" "concurrency" "content-addressed" "count" "create" "delete" "delivered" "derivable" "design" "enforces" "ephemeral" "everywhere" "evolution" "freshness" "from" "half-life" "holds" "home" "horizon" "hottest" "increases" "indivisible" "itself" "key" "last" "latency" "lateness" "may" "needs" "numbers" "once" "only" "ordered" "ordering" "over" "ownership" "owns" "pair" "parameter" "partition" "partitions" "population" "provides" "ranked" "rate" "read" "reads" "rebuild" "regions" "remove" "reserves" "retention" "size" "spatial" "staleness" "text" "then" "to" "top" "transitions" "undone" "unique" "until" "up" "value" "watchers" "when" "where" "windowed" "written")
  "Words that open a clause.")

(defconst sysd-operators '("across" "and" "because" "by" "each" "exists" "for" "in" "not" "of" "on" "or" "per" "within")
  "Words that tie terms together.")

(defconst sysd-values '("access" "accounting" "admin" "after" "all" "allowed" "any" "append-only" "atomically" "be" "best" "block" "boundary" "checks" "client" "consistency" "crash" "critical" "degrade" "delivery" "different" "distinct" "does" "downstream" "duplicate" "effort" "eligibility" "entity" "even" "event" "eventually" "external" "fencing" "follows" "forbidden" "holder" "holding" "idempotent" "if" "intent" "internal" "is" "join-heavy" "latest" "lifecycle" "machine" "many" "max" "mechanism" "merge" "min" "minority" "never" "node" "non-negative" "none" "offline" "one" "order" "out" "overwrite" "owned" "partial" "partner" "pipeline" "preferred" "process" "propagation" "queries" "relationship" "retries" "retry" "same" "scheduler" "send" "sequence" "server" "services" "shape" "single" "slow" "source" "state" "store" "storm" "succeed" "sum" "temporal" "told" "tolerate" "total" "truth" "uniqueness" "user" "while" "winner" "write" "writer" "writers")
  "Words of the vocabularies.")

(defvar sysd-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "_" table)
    table)
  "Comments to the end of the line, hyphens inside names.")

(defvar sysd-font-lock-keywords
  `((,(concat "^\\s-*" (regexp-opt sysd-items 'symbols) "\\(?:\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)\\)?")
     (1 font-lock-keyword-face) (2 font-lock-type-face nil t))
    (,(regexp-opt sysd-operators 'symbols) . font-lock-builtin-face)
    (,(regexp-opt sysd-clauses 'symbols) . font-lock-variable-name-face)
    (,(regexp-opt sysd-values 'symbols) . font-lock-constant-face)
    ("\\_<[0-9][[:alnum:]_.]*\\(?:%\\|\\(?:/[[:alpha:]]+\\)+\\)?" . font-lock-constant-face)
    ("\\?" . font-lock-warning-face)))

(defun sysd--continues-p ()
  "Whether this line goes on with the clause of the line before."
  (save-excursion
    (back-to-indentation)
    (or (looking-at-p "\\_<\\(?:because\\|per\\|by\\|and\\|or\\)\\_>")
        (progn
          (forward-line 0)
          (forward-comment (- (point)))
          (or (memq (char-before) '(?, ?= ?+ ?- ?*))
              (looking-back "\\_<\\(?:and\\|or\\|then\\|when\\)" (line-beginning-position)))))))

(defun sysd-indent-line ()
  "Indent by the depth of braces, one more where a clause goes on."
  (interactive)
  (let* ((closes (save-excursion (back-to-indentation) (looking-at-p "[})]")))
         (depth (car (save-excursion (beginning-of-line) (syntax-ppss))))
         (deeper (if (and (not closes) (sysd--continues-p)) 1 0))
         (column (* 4 (max 0 (+ deeper (if closes (1- depth) depth))))))
    (save-excursion (indent-line-to column))
    (when (< (current-column) column) (move-to-column column))))

;;;###autoload
(define-derived-mode sysd-mode prog-mode "sysd"
  "For system design specs."
  (setq-local indent-tabs-mode nil)
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//+\\s-*")
  (setq-local indent-line-function #'sysd-indent-line)
  (setq-local font-lock-defaults '(sysd-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.sysd\\'" . sysd-mode))

(with-eval-after-load 'eglot
  (defvar eglot-server-programs)
  (add-to-list 'eglot-server-programs '(sysd-mode . ("sysd" "lsp"))))

(provide 'sysd-mode)
;;; sysd-mode.el ends here
