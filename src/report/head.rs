//! The header band: label paths as merged cells.

/// A cell of the header band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadSpan {
    /// Row in the band.
    pub row: usize,
    /// First column.
    pub col: usize,
    /// Rows covered.
    pub rows: usize,
    /// Columns covered.
    pub cols: usize,
    /// Text.
    pub text: String,
}

/// The header band of label paths: neighbours that share a spanner, and all above it, share its
/// cell; a path shorter than the band hangs its label down to the body.
pub fn head_spans(paths: &[&[String]]) -> Vec<HeadSpan> {
    let depth = paths.iter().map(|p| p.len()).max().unwrap_or(0);
    let mut out = Vec::new();
    for row in 0..depth {
        let mut col = 0;
        while col < paths.len() {
            let path = paths[col];
            if row >= path.len() {
                col += 1;
                continue;
            }
            let last = row + 1 == path.len();
            let mut end = col + 1;
            if !last {
                while end < paths.len()
                    && paths[end].len() > row + 1
                    && paths[end][..=row] == path[..=row]
                {
                    end += 1;
                }
            }
            out.push(HeadSpan {
                row,
                col,
                rows: if last { depth - row } else { 1 },
                cols: end - col,
                text: path[row].clone(),
            });
            col = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(row: usize, col: usize, rows: usize, cols: usize, text: &str) -> HeadSpan {
        HeadSpan {
            row,
            col,
            rows,
            cols,
            text: text.into(),
        }
    }

    #[test]
    fn equal_neighbouring_spanners_share_a_cell_and_short_paths_hang_down() {
        let paths: Vec<Vec<String>> = [
            &["学校"][..],
            &["学历", "小学", "合格"],
            &["学历", "小学", "比例"],
            &["学历", "初中", "合格"],
            &["其他", "合格"],
        ]
        .iter()
        .map(|p| p.iter().map(|s| s.to_string()).collect())
        .collect();
        let refs: Vec<&[String]> = paths.iter().map(Vec::as_slice).collect();
        assert_eq!(
            head_spans(&refs),
            vec![
                span(0, 0, 3, 1, "学校"),
                span(0, 1, 1, 3, "学历"),
                span(0, 4, 1, 1, "其他"),
                span(1, 1, 1, 2, "小学"),
                span(1, 3, 1, 1, "初中"),
                span(1, 4, 2, 1, "合格"),
                span(2, 1, 1, 1, "合格"),
                span(2, 2, 1, 1, "比例"),
                span(2, 3, 1, 1, "合格"),
            ]
        );
    }

    #[test]
    fn equal_labels_under_different_spanners_stay_apart() {
        let paths: Vec<Vec<String>> = [["甲", "人数", "男"], ["乙", "人数", "男"]]
            .iter()
            .map(|p| p.iter().map(|s| s.to_string()).collect())
            .collect();
        let refs: Vec<&[String]> = paths.iter().map(Vec::as_slice).collect();
        assert!(head_spans(&refs).iter().all(|s| s.cols == 1));
    }
}
