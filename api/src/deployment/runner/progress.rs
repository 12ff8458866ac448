//! Which of the planned tasks a running one is, and how far that makes the run.

use super::record::{Coverage, PlannedPlay, Progress, TaskStatus};

/// Follows a run along its plan.
pub(super) struct Tracker {
    planned: Vec<PlannedTask>,
    /// By number of the running task, from 1: its place in the plan.
    started: Vec<Option<usize>>,
    additional: u32,
    /// The play that runs, from 1 over all batches; before the first, 0.
    play: usize,
    plays_in_batch: usize,
}

struct PlannedTask {
    play: usize,
    name: String,
    is_started: bool,
    is_finished: bool,
    /// The gravest that happened to it on a host so far.
    fate: Option<Fate>,
}

/// What happened to a task of a preview, by gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    NotNeeded,
    Checked,
    Unchecked,
    Failed,
}

/// A task that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    /// Its number, by order of start, from 1.
    pub(super) task: u32,
    /// Its place in the plan, from 1.
    pub(super) planned: Option<u32>,
}

impl Tracker {
    /// A run of these plays in so many batches.
    pub(super) fn new(plays: &[PlannedPlay], batches: usize) -> Self {
        let task = |play: usize, name: &String| PlannedTask {
            play,
            name: name.clone(),
            is_started: false,
            is_finished: false,
            fate: None,
        };
        let of_all = (0..batches).flat_map(|_| plays);
        let planned = (1..)
            .zip(of_all)
            .flat_map(|(number, play)| play.tasks.iter().map(move |name| task(number, name)))
            .collect();
        Self { planned, started: Vec::new(), additional: 0, play: 0, plays_in_batch: plays.len() }
    }

    /// A batch begins, from 0: whichever plays the one before it did not come to.
    pub(super) fn batch_started(&mut self, batch: usize) {
        self.play = batch * self.plays_in_batch;
    }

    pub(super) fn play_started(&mut self) {
        self.play += 1;
    }

    /// A task begins. It is the first of its name in this play's plan that has not begun yet; `can_be_planned` is false for handlers,
    /// which may bear the name of a task.
    pub(super) fn task_started(&mut self, name: &str, can_be_planned: bool) -> Begun {
        let play = self.play;
        let place = can_be_planned
            .then(|| {
                self.planned
                    .iter()
                    .position(|task| task.play == play && !task.is_started && is_instance(&task.name, name))
            })
            .flatten();
        match place {
            Some(place) => self.planned[place].is_started = true,
            None => self.additional += 1,
        }
        self.started.push(place);
        Begun { task: count(self.started.len()), planned: place.map(|place| count(place + 1)) }
    }

    fn place(&self, task: u32) -> Option<usize> {
        usize::try_from(task).ok().and_then(|task| self.started.get(task.checked_sub(1)?).copied().flatten())
    }

    /// A task is over on a host.
    pub(super) fn task_ended(&mut self, task: u32, status: TaskStatus) {
        let fate = match status {
            TaskStatus::Skipped => Fate::NotNeeded,
            TaskStatus::Ok | TaskStatus::Changed => Fate::Checked,
            TaskStatus::Unchecked => Fate::Unchecked,
            TaskStatus::Failed | TaskStatus::Unreachable | TaskStatus::Ignored => Fate::Failed,
        };
        if let Some(place) = self.place(task) {
            let task = &mut self.planned[place];
            task.fate = task.fate.max(Some(fate));
        }
    }

    /// What became of the planned tasks, where they were looked at only.
    pub(super) fn coverage(&self) -> Coverage {
        let of = |fate| count(self.planned.iter().filter(|task| task.fate == fate).count());
        Coverage {
            planned: count(self.planned.len()),
            checked: of(Some(Fate::Checked)),
            unchecked: of(Some(Fate::Unchecked)),
            not_needed: of(Some(Fate::NotNeeded)),
            failed: of(Some(Fate::Failed)),
            not_reached: of(None),
        }
    }

    /// A task is over on every host.
    pub(super) fn task_finished(&mut self, task: u32) -> Progress {
        if let Some(place) = self.place(task) {
            self.planned[place].is_finished = true;
        }
        self.progress()
    }

    pub(super) fn progress(&self) -> Progress {
        let finished = self.planned.iter().filter(|task| task.is_finished).count();
        Progress { finished: count(finished), planned: count(self.planned.len()), additional: self.additional }
    }

    /// The run came to its good end: what was planned and never begun was not needed.
    pub(super) fn completed(&mut self) -> Progress {
        self.planned.retain(|task| task.is_finished);
        self.started.clear();
        self.progress()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Whether a running task's name comes from this planned one, whose templates are not filled in yet.
fn is_instance(planned: &str, name: &str) -> bool {
    let Some((before, mut rest)) = planned.split_once("{{") else { return planned == name };
    let Some(mut name) = name.strip_prefix(before) else { return false };
    loop {
        let literal = rest.split_once("}}").map_or("", |(_, literal)| literal);
        match literal.split_once("{{") {
            None => return name.ends_with(literal),
            Some((between, next)) => {
                let Some(found) = name.find(between) else { return false };
                name = &name[found + between.len()..];
                rest = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracker(plays: &[&[&str]]) -> Tracker {
        let play = |tasks: &&[&str]| PlannedPlay {
            name: "play".into(),
            tasks: tasks.iter().map(|task| (*task).into()).collect(),
        };
        let mut tracker = Tracker::new(&plays.iter().map(play).collect::<Vec<_>>(), 1);
        tracker.play_started();
        tracker
    }

    #[test]
    fn counts_planned_tasks_and_reports_others_as_additional() {
        let mut tracker = tracker(&[&["copy", "copy", "start {{ name }}"]]);
        assert_eq!(tracker.task_started("Gathering Facts", true), Begun { task: 1, planned: None });
        assert_eq!(tracker.task_finished(1), Progress { finished: 0, planned: 3, additional: 1 });
        assert_eq!(tracker.task_started("copy", true), Begun { task: 2, planned: Some(1) });
        assert_eq!(tracker.task_finished(2).finished, 1);
        assert_eq!(tracker.task_started("copy", false), Begun { task: 3, planned: None });
        assert_eq!(tracker.task_finished(3).finished, 1);
        assert_eq!(tracker.task_started("copy", true), Begun { task: 4, planned: Some(2) });
        assert_eq!(tracker.task_started("start nginx", true), Begun { task: 5, planned: Some(3) });
        tracker.task_finished(5);
        assert_eq!(tracker.task_finished(4), Progress { finished: 3, planned: 3, additional: 2 });
        assert_eq!(tracker.task_finished(99), Progress { finished: 3, planned: 3, additional: 2 });
    }

    #[test]
    fn plays_do_not_take_each_others_tasks_and_a_good_end_is_whole() {
        let mut tracker = tracker(&[&["a", "b"], &["a"]]);
        tracker.play_started();
        assert_eq!(tracker.task_started("a", true).planned, Some(3));
        tracker.task_finished(1);
        assert_eq!(tracker.completed(), Progress { finished: 1, planned: 1, additional: 0 });
    }

    #[test]
    fn every_planned_task_is_covered_once_by_the_gravest() {
        let mut tracker = tracker(&[&["a", "b", "c", "d", "e"]]);
        for (name, fates) in [
            ("a", [TaskStatus::Changed, TaskStatus::Ok]),
            ("b", [TaskStatus::Ok, TaskStatus::Unchecked]),
            ("c", [TaskStatus::Skipped, TaskStatus::Skipped]),
            ("d", [TaskStatus::Failed, TaskStatus::Unchecked]),
            // Nobody planned it.
            ("x", [TaskStatus::Failed, TaskStatus::Failed]),
        ] {
            let begun = tracker.task_started(name, true);
            for fate in fates {
                tracker.task_ended(begun.task, fate);
            }
        }
        let expected = Coverage { planned: 5, checked: 1, unchecked: 1, not_needed: 1, failed: 1, not_reached: 1 };
        assert_eq!(tracker.coverage(), expected);
    }

    #[test]
    fn every_batch_has_the_whole_plan() {
        let play = PlannedPlay { name: "play".into(), tasks: vec!["a".into(), "b".into()] };
        let mut tracker = Tracker::new(&[play.clone(), play], 2);
        tracker.batch_started(0);
        tracker.play_started();
        assert_eq!(tracker.task_started("a", true).planned, Some(1));
        assert_eq!(tracker.task_finished(1), Progress { finished: 1, planned: 8, additional: 0 });
        // The first batch failed in its first play.
        tracker.batch_started(1);
        tracker.play_started();
        assert_eq!(tracker.task_started("b", true).planned, Some(6));
    }

    #[test]
    fn templates_match_what_they_become() {
        assert!(is_instance("start {{ x }} on {{ y }} now", "start nginx on web now"));
        assert!(is_instance("{{ x }}", "anything"));
        assert!(!is_instance("start {{ x }} now", "start nginx"));
        assert!(!is_instance("start {{ x }}", "stop nginx"));
        assert!(!is_instance("a", "ab"));
    }
}
