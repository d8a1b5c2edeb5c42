//! Which steps a Markdown document has: a reviewer of a pull request reads what was decided, and leaves the operator's pages out.

use std::fmt;
use std::str::FromStr;

/// Some of the twenty steps, or all. Written `1-12` or `1-7,9,12`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Steps([bool; LAST]);

const LAST: usize = 20;

impl Steps {
    /// All of them.
    pub fn all() -> Steps {
        Steps([true; LAST])
    }

    /// Those that a document of ours was written with; all, where it says nothing else.
    pub fn of_document(text: &str) -> Steps {
        let said = text.lines().nth(1).and_then(|line| line.strip_prefix(OPENING)?.strip_suffix(CLOSING)?.parse().ok());
        said.unwrap_or_else(Steps::all)
    }

    /// Whether it is every step.
    pub fn is_all(&self) -> bool {
        self.0 == [true; LAST]
    }

    /// Whether the step is one of them.
    pub fn has(&self, step: u8) -> bool {
        usize::from(step).checked_sub(1).and_then(|index| self.0.get(index)).copied().unwrap_or(false)
    }

    /// The line of a document that says so; nothing, where it has all.
    pub(super) fn mark(&self) -> String {
        if self.is_all() { String::new() } else { format!("{OPENING}{self}{CLOSING}\n") }
    }
}

const OPENING: &str = "<!-- steps ";
const CLOSING: &str = " -->";

impl FromStr for Steps {
    type Err = String;

    fn from_str(text: &str) -> Result<Steps, String> {
        let wrong = || format!("`{text}` are no steps; write them as `1-12` or `1-7,9`, from 1 to {LAST}");
        let number = |text: &str| text.trim().parse().ok().filter(|step| (1..=LAST).contains(step)).ok_or_else(wrong);
        let mut steps = Steps([false; LAST]);
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(wrong());
            }
            steps.0[first - 1..last].fill(true);
        }
        Ok(steps)
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = vec![];
        let mut step = 0;
        while step < LAST {
            let run = self.0[step..].iter().take_while(|has| **has).count();
            match run {
                0 => (),
                1 => parts.push(format!("{}", step + 1)),
                _ => parts.push(format!("{}-{}", step + 1, step + run)),
            }
            step += run.max(1);
        }
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    #[test]
    fn steps_are_read_as_they_are_written() {
        for text in ["1", "1-12", "1-7,9,12-20", "1-20"] {
            assert_eq!(text.parse::<Steps>().map(|steps| steps.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("3,1-2".parse::<Steps>().map(|steps| steps.to_string()), Ok("1-3".to_owned()));
        for text in ["", "0", "21", "5-3", "1-", "x", "1,,2"] {
            assert!(text.parse::<Steps>().is_err(), "{text}");
        }
        assert!(Steps::all().is_all() && Steps::all().has(20) && !Steps::all().has(0));
    }
}
