;;; emacs.el --- Emacs as a client, headless  -*- lexical-binding: t; -*-

;;; Commentary:

;; The mode colours and indents; Eglot shows findings under their words and takes them away when they are mended.
;; Run by tests/clients/run: PATH=target/debug:$PATH emacs -Q --batch -l tests/clients/emacs.el

;;; Code:

(require (quote package))
;; Where Debian keeps packages: before version 29 Eglot is one.
(add-to-list (quote package-directory-list) "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(load (expand-file-name "editors/emacs/sysd-mode.el") nil t)
(require 'eglot)
(require 'flymake)

(defun check (holds what)
  "Say WHAT was found, or end with status 1 where it does not HOLDS."
  (message "%s %s" (if holds "ok" "FAILED:") what)
  (unless holds (kill-emacs 1)))

(defun wait-until (holds)
  "Whether HOLDS within twenty seconds."
  (let ((end (+ (float-time) 20)))
    (while (and (not (funcall holds)) (< (float-time) end))
      (accept-process-output nil 0.1)))
  (funcall holds))

(defun errors ()
  "The errors that are shown."
  (seq-filter (lambda (it) (string-match-p "error" (format "%s" (flymake-diagnostic-type it)))) (flymake-diagnostics)))

(let ((file (make-temp-file "spec" nil ".sysd")))
  (with-temp-file file
    (insert-file-contents "corpus/auction/spec.sysd")
    (goto-char (point-min))
    (search-forward "by Bidder")
    (replace-match "by Biddr"))
  (find-file file))
(check (eq major-mode 'sysd-mode) "the file is a spec")
(font-lock-ensure)
(goto-char (point-min))
(re-search-forward "^actor ")
(check (eq (get-text-property (match-beginning 0) 'face) 'font-lock-keyword-face) "items are coloured")
(let ((before (buffer-string)))
  (indent-region (point-min) (point-max))
  (check (equal (buffer-string) before) "a formatted file keeps its indentation"))
(let ((eglot-autoshutdown t) (eglot-sync-connect 20))
  (apply #'eglot--connect (eglot--guess-contact))
  (eglot--maybe-activate-editing-mode))
(flymake-start)
(check (wait-until (lambda () (= (length (errors)) 1))) "one error is shown")
(let ((found (car (errors))))
  (check (equal (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found)) "Biddr")
         "it stands under the word")
  (goto-char (flymake-diagnostic-beg found))
  (delete-region (flymake-diagnostic-beg found) (flymake-diagnostic-end found))
  (insert "Bidder"))
(eglot--signal-textDocument/didChange)
(check (wait-until (lambda () (null (errors)))) "the error goes when the word is mended")
(set-buffer-modified-p nil)
(message "6 passed, 0 failed")
(kill-emacs 0)
;;; emacs.el ends here
