; SPDX-FileCopyrightText: 2026 The Pastiche developers
; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints a photo like a painting, in GIMP 3 without a window, and keeps the layers:
;
;   gimp-console -idf --quit --batch-interpreter plug-in-script-fu-eval -b '(begin
;     (define photo "photo.jpg") (define painting "painting.jpg")
;     (define result-png "result.png") (define result-xcf "result.xcf")
;     (define refine 40) (load "plugin/scripts/demo-gimp3.scm"))'
;
; The XCF holds three layers: the result, the photo, and the painting, hidden.  The last thing that the
; script says is "pastiche-demo: done", on a line of its own; without it something failed, the line
; "Error: ..." says what, and GIMP ends with status 70.

(define (as-rgb image)
  (if (not (= (car (gimp-image-get-base-type image)) RGB))
      (gimp-image-convert-rgb image))
  image)

(let* ((image (as-rgb (car (gimp-file-load RUN-NONINTERACTIVE photo))))
       (content (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))
       (style (car (gimp-file-load-layer RUN-NONINTERACTIVE image painting))))
  (gimp-item-set-name content "Photo")
  (gimp-image-insert-layer image style 0 1)
  (gimp-item-set-name style "Painting")
  (gimp-item-set-visible style FALSE)
  (gimp-message "\npastiche-demo: painting")
  (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector content)
                    #:style-layer style #:refine refine)
  (gimp-file-save RUN-NONINTERACTIVE image result-xcf)
  ; The PNG is what the image shows: the result, which covers the photo.
  (gimp-file-save RUN-NONINTERACTIVE image result-png)
  (gimp-image-delete image)
  (gimp-message "\npastiche-demo: done"))
