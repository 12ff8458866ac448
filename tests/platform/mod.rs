mod housekeeping;
mod ids;
mod paging;
mod rights;
