; SPDX-FileCopyrightText: 2026 The Pastiche developers
; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints every picture that matches a pattern like one painting, in GIMP 3 without a window:
;
;   gimp-console -idf --quit --batch-interpreter plug-in-script-fu-eval -b '(begin
;     (define photos "photos/*.jpg") (define painting "painting.jpg") (define folder "painted")
;     (load "plugin/scripts/batch-gimp3.scm"))'
;
; NAME.jpg becomes painted/NAME.png; the folder must be there.  Each picture gets a line
; "pastiche-batch: NAME", and the last line is "pastiche-batch: done".  The arguments of the call below
; are explained in Help > Procedure Browser, at plug-in-pastiche.

; The file's name without folder and extension.
(define (stem path)
  (let* ((name (car (reverse (strbreakup path "/"))))
         (parts (reverse (strbreakup name "."))))
    (unbreakupstr (reverse (if (pair? (cdr parts)) (cdr parts) parts)) ".")))

(define (paint path)
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE path)))
         (target (string-append folder "/" (stem path) ".png")))
    (if (not (= (car (gimp-image-get-base-type image)) RGB))
        (gimp-image-convert-rgb image))
    (let ((photo (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))))
      (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE
                        #:image image
                        #:drawables (vector photo)
                        #:style (string-append "file:" painting)
                        #:strength 90
                        #:keep-colours "off"
                        #:brush-size "auto"))
    ; What the image shows: the result, which covers the photo.
    (gimp-file-save RUN-NONINTERACTIVE image target)
    (gimp-image-delete image)
    (gimp-message (string-append "\npastiche-batch: " (stem path)))))

(for-each paint (car (file-glob #:pattern photos)))
(gimp-message "\npastiche-batch: done")
