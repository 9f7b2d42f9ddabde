//! Words between tags.

/// Writes a text; its lines stay lines, and what a page cannot hold shows as the sign for that.
pub fn escape(out: &mut String, text: &str) {
    let special =
        |b: &u8| matches!(b, b'&' | b'<' | b'>' | b'"' | b'\'' | 0..=31 | 127) || *b > 0xED;
    if !text.as_bytes().iter().any(special) {
        out.push_str(text);
        return;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("<br/>"),
            '\t' => out.push(' '),
            '\u{0}'..='\u{1F}' | '\u{7F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
}

/// A text for an attribute, where there are no lines.
pub fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape(&mut out, &text.replace(['\r', '\n'], " "));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_tag() {
        let shown = |text: &str| {
            let mut out = String::new();
            escape(&mut out, text);
            out
        };
        assert_eq!(
            shown("<script>\"a\" & 'b'</script>"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;"
        );
        assert_eq!(shown("一\r\n二\n三"), "一<br/>二<br/>三");
        assert_eq!(shown("a\u{0}b\u{FFFE}"), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(shown("（全）学校"), "（全）学校");
        assert_eq!(attribute("一\n\"二\""), "一 &quot;二&quot;");
    }
}
