use super::*;

fn load(toml: &str, flags: &Flags, secrets: &Secrets) -> Result<Settings, String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = dir.path().join(FILE);
    std::fs::write(&file, toml).map_err(|error| error.to_string())?;
    Settings::load(flags, secrets, &file)
}

#[test]
fn defaults_hold_without_a_file() {
    let settings = Settings::load(&Flags::default(), &Secrets::default(), Path::new("/nonexistent/rookery.toml"));
    let settings = settings.expect("the defaults are right");
    assert_eq!(settings.listen.to_string(), LISTEN);
    assert!(settings.data_dir.is_absolute());
    assert!(settings.database_url.expose_secret().starts_with("sqlite:///"));
    assert_eq!(settings.jwt_issuer, ISSUER);
    assert_eq!(settings.introspection, Introspection::Everyone);
    let closed = load("introspection = 'signed_in'", &Flags::default(), &Secrets::default()).expect("right");
    assert_eq!(closed.introspection, Introspection::SignedIn);
}

#[test]
fn the_environment_wins_over_the_file() {
    let flags = Flags { listen: Some("127.0.0.1:1".into()), concurrent_runs: Some("3".into()), ..Flags::default() };
    let secrets = Secrets { database_url: Some("sqlite:there.db".into()), ..Secrets::default() };
    let toml = "concurrent_runs = 5\nlisten = '127.0.0.1:2'\ndatabase_url = 'sqlite:here.db'\nlog_format = 'json'\n[jwt]\nissuer = 'hivematrix-core'";
    let settings = load(toml, &flags, &secrets).expect("right");
    assert_eq!((settings.listen.port(), settings.concurrent_runs), (1, 3));
    assert_eq!(settings.database_url.expose_secret(), "sqlite:there.db");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.jwt_issuer, "hivematrix-core");
}

#[test]
fn one_limit_leaves_the_other_as_it_is() {
    let settings = load("run_limits = { command_seconds = 7200 }", &Flags::default(), &Secrets::default()).unwrap();
    assert_eq!(settings.run_limits.command, Duration::from_hours(2));
    assert_eq!(settings.run_limits.playbook, RunLimits::default().playbook);
}

#[test]
fn the_archive_is_in_the_database_unless_it_has_a_directory() {
    let directory = |toml: &str| load(toml, &Flags::default(), &Secrets::default()).unwrap().archive_directory;
    assert_eq!(directory(""), None);
    assert_eq!(directory("archive_directory = '/mnt/archive'").unwrap(), Path::new("/mnt/archive"));
    assert!(directory("archive_directory = 'archive'").unwrap().is_absolute());
}

#[test]
#[cfg(feature = "otlp")]
fn the_collector_is_our_own_setting_before_that_of_all_programs() {
    let of_all = Secrets { otlp_endpoint: Some("http://127.0.0.1:1/".into()), ..Secrets::default() };
    let endpoint = |toml: &str| load(toml, &Flags::default(), &of_all).map(|settings| settings.otlp_endpoint);
    assert_eq!(endpoint("").unwrap().unwrap().as_str(), "http://127.0.0.1:1");
    let own = endpoint("otlp_endpoint = 'http://[::1]:2/otlp'").unwrap().unwrap();
    assert_eq!(own.as_str(), "http://[::1]:2/otlp");
    let none = load("", &Flags::default(), &Secrets::default()).unwrap();
    assert!(none.otlp_endpoint.is_none() && none.metrics_token.is_none());
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    for (toml, word) in [
        ("listn = '127.0.0.1:2'", "listn"),
        ("listen = 'everywhere'", "listen"),
        ("log_format = 'xml'", "log_format"),
        ("log = 'a=b=c'", "log"),
        ("public_url = 'rookery.example.com'", "public_url"),
        ("public_url = 'https://rookery.example.com/app'", "public_url"),
        ("database_url = 'mysql://root:hunter2@db/x'", "database_url"),
        ("database_url = 'sqlite::memory:'", "database_url"),
        ("database_connections = 0", "database_connections"),
        ("run_limits = { playbook_seconds = 0 }", "run_limits.playbook_seconds"),
        ("run_limits = { command_seconds = 100000 }", "run_limits.command_seconds"),
        ("concurrent_runs = 0", "concurrent_runs"),
        ("concurrent_runs = -1", "concurrent_runs"),
        ("concurrent_runs_of_tenant = 0", "concurrent_runs_of_tenant"),
        ("introspection = 'some'", "introspection"),
        ("lease_seconds = 0", "lease_seconds"),
        ("handover_seconds = 0", "handover_seconds"),
        ("archive_after_days = 36501", "archive_after_days"),
        ("archive_directory = ''", "archive_directory"),
        ("metrics_token = 'hunter2'", "metrics_token"),
        ("metrics_token = 'hunter2 with some spaces'", "metrics_token"),
        ("otlp_endpoint = 'collector:4318'", "otlp_endpoint"),
        ("otlp_endpoint = 'https://collector.example.com:4318'", "otlp_endpoint"),
        ("otlp_endpoint = 'http://me:hunter2@127.0.0.1:4318'", "otlp_endpoint"),
        ("ansible_playbook = '/nonexistent/ansible-playbook'", "ansible_playbook"),
        ("operator_name = ' '", "operator_name"),
        ("master_key = 'ab'", "master_key"),
        ("[jwt]\nkey = 'x'", "key"),
    ] {
        let error = load(toml, &Flags::default(), &Secrets::default()).expect_err(toml);
        assert!(error.contains(word), "{toml}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_data_directory_with_odd_letters_still_names_its_database() {
    assert_eq!(sqlite_in(Path::new("/a%b?c")), "sqlite:///a%25b%3Fc/rookery.db?mode=rwc");
}

#[test]
fn a_public_url_is_an_origin() {
    let url = PublicUrl::parse("https://Rookery.Example.com:443/").expect("right");
    assert_eq!((url.to_string().as_str(), url.is_secure), ("https://rookery.example.com", true));
    assert_eq!(PublicUrl::parse("http://127.0.0.1:4000").expect("right").websocket(), "ws://127.0.0.1:4000");
}
