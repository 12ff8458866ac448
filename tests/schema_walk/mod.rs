//! The schema walk: every field, every argument that takes an id and every mutation of the API, for everybody who may
//! ask, against `matrix.md`.
//!
//! What somebody may see has a value somewhere; what they may not is answered like what was never there, and no text of
//! it is anywhere in what they get; what they may not do changes nothing. `scripts/sabotage` proves that this notices:
//! it removes each guard, scope and policy in turn.

mod activity;
mod both_ways;
mod credentials;
mod documents;
mod doors;
mod following;
mod ids;
mod impersonal;
mod matrix;
mod mutations;
mod reading;
mod register;
mod sdl;
mod seed;
mod snapshot;
mod walk;
mod world;

use crate::support::{Backend, workspace};
use sdl::Sdl;
use snapshot::Snapshots;
use walk::Findings;

on_both![everybody_sees_and_does_what_the_matrix_says];

async fn everybody_sees_and_does_what_the_matrix_says(backend: Backend) {
    let text = std::fs::read_to_string(workspace().join("schema.graphql")).unwrap();
    let sdl = Sdl::parse(&text);
    let mut findings = Findings::default();
    let world = seed::world(backend).await;
    world.matrix.differences(&sdl).into_iter().for_each(|difference| findings.add(difference));
    findings.assert_none("the comparison of schema.graphql and matrix.md");
    let snapshots = Snapshots::of(&world).await;

    reading::from_outside(&world, &sdl, &mut findings).await;
    findings.assert_none("asking from outside");
    mutations::refused(&world, &sdl, &snapshots, &mut findings).await;
    findings.assert_none("trying what is refused");
    reading::walk(&world, &sdl, &mut findings).await;
    findings.assert_none("reading");
    doors::walk(&world, &mut findings).await;
    findings.assert_none("trying the doors");
    ids::queries(&world, &sdl, &mut findings).await;
    findings.assert_none("trying ids in queries");
    ids::mutations(&world, &sdl, &snapshots, &mut findings).await;
    findings.assert_none("trying ids in mutations");
    following::walk(&world, &sdl, &mut findings).await;
    findings.assert_none("following");
    credentials::walk(&world, &snapshots, &mut findings).await;
    findings.assert_none("acting by access tokens");
    mutations::sign_in(&world, &sdl, &mut findings).await;
    mutations::done(&world, &sdl, &mut findings).await;
    findings.close(&world);
    findings.assert_none("doing what is allowed");
}
