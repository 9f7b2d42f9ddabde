//! Looks for words in labels. The words are short and the labels are, so that the general search
//! of the standard library spends most of its time on getting ready.

/// Where a word first stands in a text, in bytes.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    // The last byte of a character tells more than its first, which most ideographs share.
    let Some(&last) = word.last() else {
        return Some(0);
    };
    let ends = text.get(word.len() - 1..)?;
    memchr::memchr_iter(last, ends).find(|&at| &text[at..at + word.len()] == word)
}

/// Whether a word stands anywhere in a text.
pub(super) fn holds(text: &str, word: &str) -> bool {
    find(text, word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_found_where_the_standard_library_finds_them(
            text in "[ab学校号]{0,8}",
            word in "[ab学校号]{0,3}",
        ) {
            prop_assert_eq!(find(&text, &word), text.find(word.as_str()));
        }
    }
}
