mod feed;
mod housekeeping;
mod ids;
mod known_rights;
mod paging;
mod readers;
mod rights;
mod whole_reads;
