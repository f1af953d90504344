import Keys

/// What all pages for people have around them: no scripts, nothing from elsewhere, their own style.
package enum PageFrame {
    /// What a browser may do with a page: show it in its own style, and nothing else.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'sha256-\(Digest(of: Array(style.utf8)).base64)'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// A document.
    ///
    /// - Parameters:
    ///   - links: addresses of the same in other formats, by media type.
    ///   - data: a JSON-LD document for search engines.
    static func write(
        title: String,
        language: String,
        links: [(format: ExportFormat, address: String)] = [],
        data: [UInt8]? = nil,
        _ content: (inout HTMLWriter) -> Void
    ) -> [UInt8] {
        var page = HTMLWriter()
        page.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        page.element("title", ["lang": language], text: title)
        for link in links {
            page.void(
                "link",
                [
                    "rel": "alternate", "type": link.format.mediaType, "href": link.address,
                    "title": link.format.title,
                ])
        }
        page.markup("<style>\(style)</style>\n")
        if let data { page.markup(script(data)) }
        page.markup("</head>\n<body>\n")
        content(&page)
        page.markup("</body>\n</html>\n")
        return Array(page.text.utf8)
    }

    /// JSON within a page: no `<` that could end it, nor what scripts of old take for line ends.
    private static func script(_ data: [UInt8]) -> String {
        let text = String(decoding: data, as: UTF8.self)
            .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
            .replacing("&", with: "\\u0026")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
        return "<script type=\"application/ld+json\">\(text)</script>\n"
    }

    private static let style = """
        :root{color-scheme:light dark;--line:#c9ced6;--soft:#f4f6f8;--text:#1b1f24;--dim:#4b5563;\
        --link:#0b57a4;--paper:#fff;--warn:#fff4d6}
        @media (prefers-color-scheme:dark){:root{--line:#3b424c;--soft:#20252b;--text:#e6e9ed;\
        --dim:#aeb6c1;--link:#8ab8f0;--paper:#16191d;--warn:#3d3212}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--text);\
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
        overflow-wrap:anywhere}
        header,main,footer{max-width:50rem;margin:0 auto;padding:0 1.1rem}
        header{padding-top:1.4rem;color:var(--dim);font-size:.95rem}
        footer{padding-bottom:3rem}
        h1{font-size:1.75rem;line-height:1.25;margin:.3rem 0 .6rem}
        h2{font-size:1.15rem;margin:2rem 0 .6rem;padding-bottom:.25rem;\
        border-bottom:1px solid var(--line)}
        p{margin:.6rem 0}
        .text{white-space:pre-line}
        a{color:var(--link)}
        a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        dl{display:grid;grid-template-columns:minmax(8rem,13rem) 1fr;gap:.35rem 1.2rem;margin:0}
        dt{color:var(--dim)}
        dd{margin:0}
        ul{margin:.3rem 0;padding-inline-start:1.3rem}
        li{margin:.25rem 0}
        .dim{color:var(--dim)}
        .note{background:var(--warn);border:1px solid var(--line);border-radius:.4rem;\
        padding:.6rem .9rem}
        .evidence{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;\
        padding:.9rem 1rem}
        code{font:0.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:start;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);\
        vertical-align:top}
        th{font-weight:600;color:var(--dim)}
        @media (max-width:36rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}\
        h1{font-size:1.45rem}}
        """
}
