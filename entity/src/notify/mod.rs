pub mod notification;

crate::text_enum! {
    NotificationLevel { Info, Success, Warning, Danger }
}
