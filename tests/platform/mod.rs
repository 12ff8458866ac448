mod ids;
mod paging;
