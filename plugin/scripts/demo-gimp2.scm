; SPDX-FileCopyrightText: 2026 The Pastiche developers
; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints a photo like a painting, in GIMP 2.10 without a window, and keeps the layers:
;
;   gimp-console -idf -b '(begin (define photo "photo.jpg") (define painting "painting.jpg")
;     (define result-png "result.png") (define result-xcf "result.xcf")
;     (define refine 40) (load "plugin/scripts/demo-gimp2.scm"))' -b '(gimp-quit 1)'
;
; The XCF holds three layers: the result, the photo, and the painting, hidden.  The last thing that the
; script says is "pastiche-demo: done", on a line of its own; without it something failed, and the line
; "Error: ..." says what.  (GIMP 2.10 ends with status 0 in any case.)

(define (as-rgb image)
  (if (not (= (car (gimp-image-base-type image)) RGB))
      (gimp-image-convert-rgb image))
  image)

(let* ((image (as-rgb (car (gimp-file-load RUN-NONINTERACTIVE photo photo))))
       (content (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))
       (style (car (gimp-file-load-layer RUN-NONINTERACTIVE image painting))))
  (gimp-item-set-name content "Photo")
  (gimp-image-insert-layer image style 0 1)
  (gimp-item-set-name style "Painting")
  (gimp-item-set-visible style FALSE)
  (gimp-message "\npastiche-demo: painting")
  (let ((result (car (plug-in-pastiche RUN-NONINTERACTIVE image content style "" 100
                                       (string-append "refine=" (number->string refine))))))
    (gimp-xcf-save RUN-NONINTERACTIVE image result result-xcf result-xcf)
    ; interlace, compression, then what else could be written: nothing of it
    (file-png-save RUN-NONINTERACTIVE image result result-png result-png 0 6 0 0 0 0 0))
  (gimp-image-delete image)
  (gimp-message "\npastiche-demo: done"))
