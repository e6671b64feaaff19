; SPDX-FileCopyrightText: 2026 The Pastiche developers
; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints every picture that matches a pattern like one painting, in GIMP 2.10 without a window:
;
;   gimp-console -idf -b '(begin (define photos "photos/*.jpg") (define painting "painting.jpg")
;     (define folder "painted") (load "plugin/scripts/batch-gimp2.scm"))' -b '(gimp-quit 1)'
;
; NAME.jpg becomes painted/NAME.png; the folder must be there.  Each picture gets a line
; "pastiche-batch: NAME", and the last line is "pastiche-batch: done".  The options of the call below
; are explained in Help > Procedure Browser, at plug-in-pastiche.

; The file's name without folder and extension.
(define (stem path)
  (let* ((name (car (reverse (strbreakup path "/"))))
         (parts (reverse (strbreakup name "."))))
    (unbreakupstr (reverse (if (pair? (cdr parts)) (cdr parts) parts)) ".")))

(define (paint path)
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE path path)))
         (target (string-append folder "/" (stem path) ".png")))
    (if (not (= (car (gimp-image-base-type image)) RGB))
        (gimp-image-convert-rgb image))
    (let* ((photo (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))
           (result (car (plug-in-pastiche RUN-NONINTERACTIVE image photo
                                          -1                                ; no style layer, but
                                          (string-append "file:" painting)  ; a style file
                                          90                                ; strength, per cent
                                          "keep-colours=off;brush-size=auto"))))
      (file-png-save RUN-NONINTERACTIVE image result target target 0 6 0 0 0 0 0))
    (gimp-image-delete image)
    (gimp-message (string-append "\npastiche-batch: " (stem path)))))

(for-each paint (cadr (file-glob photos 1)))
(gimp-message "\npastiche-batch: done")
