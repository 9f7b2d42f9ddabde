//! One dimension over records of two lists: their values become one order of labels.

use super::axis::Axis;

/// Joins the same dimensions over two lists of units, the second list's after the first's.
pub(super) fn join_all(mut a: Vec<Axis>, b: Vec<Axis>) -> Vec<Axis> {
    for (a, b) in a.iter_mut().zip(b) {
        join(a, b);
    }
    a
}

fn join(a: &mut Axis, b: Axis) {
    if a.labels != b.labels {
        // Dimensions of texts and numbers list what occurs: in rising order, blanks last.
        let mut labels = a.labels.clone();
        labels.extend(b.labels.iter().filter(|l| !a.labels.contains(l)).cloned());
        let blank = labels.iter().position(|l| a.labels.last() == Some(l));
        let blank = blank.map(|at| labels.remove(at));
        labels.sort_by_cached_key(|l| sort_key(l));
        labels.extend(blank);
        let at = |old: &[String]| -> Vec<u32> {
            let place = |l: &String| labels.iter().position(|n| n == l);
            old.iter()
                .map(|l| place(l).unwrap_or_default() as u32)
                .collect()
        };
        let (of_a, of_b) = (at(&a.labels), at(&b.labels));
        a.codes.iter_mut().for_each(|c| *c = of_a[*c as usize]);
        a.listed.iter_mut().for_each(|c| *c = of_a[*c as usize]);
        a.codes.extend(b.codes.iter().map(|c| of_b[*c as usize]));
        a.listed.extend(b.listed.iter().map(|c| of_b[*c as usize]));
        a.labels = labels;
    } else {
        a.codes.extend(b.codes);
        a.listed.extend(b.listed);
    }
    a.listed.sort_unstable();
    a.listed.dedup();
}

/// By the first number of a label, then by its text: as values of numbers and of texts are ordered.
fn sort_key(label: &str) -> (i64, String) {
    let digits: String = label
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    (digits.parse().unwrap_or(i64::MAX), label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(labels: &[&str], codes: &[u32]) -> Axis {
        Axis {
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
            codes: codes.to_vec(),
            ..Axis::default()
        }
    }

    #[test]
    fn labels_of_both_lists_keep_one_order_and_the_blank_stays_last() {
        let a = axis(&["2", "10", "未填"], &[0, 1, 2]);
        let b = axis(&["3", "未填"], &[1, 0]);
        let joined = join_all(vec![a], vec![b]).remove(0);
        assert_eq!(joined.labels, ["2", "3", "10", "未填"]);
        assert_eq!(joined.codes, [0, 2, 3, 3, 1]);
    }

    #[test]
    fn equal_labels_stay_as_they_are() {
        let a = axis(&["乙", "甲"], &[0]);
        let b = axis(&["乙", "甲"], &[1]);
        let joined = join_all(vec![a], vec![b]).remove(0);
        assert_eq!((joined.labels.len(), joined.codes), (2, vec![0, 1]));
    }
}
