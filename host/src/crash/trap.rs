//! The handlers that run while the process dies, and the mapping that outlives it. Linux only.
//!
//! What runs in a signal handler may be anywhere, in the allocator with its lock held too: it calls nothing but system
//! calls, reads atomics and a constant thread-local, and takes no lock. It neither prevents the end nor changes how it looks
//! from outside: the signal comes again without this handler, so a core dump is written as ever.
#![expect(unsafe_code, reason = "signal handlers and a mapping; each block has its proof")]

use std::{
    fs::File,
    io,
    mem::{MaybeUninit, size_of},
    os::fd::AsRawFd,
    ptr::{null, null_mut},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use libc::{c_int, c_void, siginfo_t};

use super::{
    ended::Cause,
    mark::{Doing, doing},
    page::{Head, Page, mapped, present},
    ranges::owner_of,
};

/// What a fault, an abort, an impossible instruction (on ARM a trap) or a forbidden system call ends the process with.
const SIGNALS: [c_int; 7] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];
/// How much of a stack is searched: a hundred frames of usual size. The search ends where the stack does.
const STACK_BYTES_MAX: usize = 64 << 10;
/// Words read at once: 512 bytes, for the stack of a handler may be 8 KiB in all.
const CHUNK: usize = 64;

/// The actions before ours, in the order of [`SIGNALS`].
static FORMER: OnceLock<[libc::sigaction; SIGNALS.len()]> = OnceLock::new();
/// The process that is watched: a child that it forked has the same handlers and the same page.
static WATCHED: AtomicU64 = AtomicU64::new(0);
/// Set once the process ends as it was told to.
static EXPECTED: AtomicBool = AtomicBool::new(false);

/// Maps a file of at least the page's size, for the life of the process.
pub(super) fn map(file: &File) -> io::Result<&'static Page> {
    let (rights, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
    // SAFETY: a new mapping at an address the kernel chooses touches no memory that is in use; the descriptor is open.
    let address = unsafe { libc::mmap(null_mut(), size_of::<Page>(), rights, kind, file.as_raw_fd(), 0) };
    if address == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping is readable, writable, page-aligned, as long as a Page and never unmapped; a Page is atomic words,
    // for which every content is valid, whoever else writes the file. Should the file become shorter, or the disk full, the
    // kernel answers with SIGBUS, for which `crashed` puts plain memory there.
    Ok(unsafe { &*address.cast::<Page>() })
}

/// Installs the handlers.
pub(super) fn set() -> io::Result<()> {
    // SAFETY: getpid has no preconditions.
    WATCHED.store(unsafe { libc::getpid() }.unsigned_abs().into(), Relaxed);
    let mut former = [const { MaybeUninit::<libc::sigaction>::zeroed() }; SIGNALS.len()];
    for (signal, action) in SIGNALS.into_iter().zip(&mut former) {
        // SAFETY: asks only; `action` is writable and of the type asked for.
        succeeded(unsafe { libc::sigaction(signal, null(), action.as_mut_ptr()) })?;
    }
    // SAFETY: integers, a set of bits and an optional function: zeros are valid, and the calls above have filled them.
    let former = former.map(|action| unsafe { action.assume_init() });
    // Before the handler that reads it is there.
    let _ = FORMER.set(former);
    for signal in SIGNALS {
        // SAFETY: as above, zeros are valid.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        action.sa_sigaction = crashed as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: `crashed` has the signature that SA_SIGINFO asks for, and does only what a handler may.
        succeeded(unsafe { libc::sigaction(signal, &raw const action, null_mut()) })?;
    }
    // SAFETY: `exiting` is a function of this program, which is never unloaded.
    succeeded(unsafe { libc::atexit(exiting) })
}

/// From now on an end is what was asked for.
pub(super) fn expect_end() {
    EXPECTED.store(true, Relaxed);
}

fn succeeded(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

extern "C" fn crashed(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel hands a valid siginfo to a handler with SA_SIGINFO, and si_code is there for every signal.
    let sent = unsafe { (*info).si_code } <= 0;
    // SAFETY: as above; si_addr is there for a SIGBUS that the kernel raised, and only then it is read.
    if signal == libc::SIGBUS && !sent && replaced(unsafe { (*info).si_addr() } as usize) {
        return;
    }
    // SAFETY: as above; si_pid is there for a signal that a process sent, and only then it is read.
    let from_us = !sent || u64::from(unsafe { (*info).si_pid() }.unsigned_abs()) == WATCHED.load(Relaxed);
    let (at, stack) = registers(context);
    record(if from_us { Cause::Signal(signal) } else { Cause::Sent(signal) }, at, stack);
    if sent {
        // The standard library's handler takes a fault that is none of its own for harmless, and goes on.
        // SAFETY: may be called in a handler, for a signal that the system knows.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        // SAFETY: as above; the signal waits until this handler returns.
        unsafe { libc::raise(signal) };
        return;
    }
    // The fault comes again when this returns, for whoever was there before.
    let former = FORMER.get().and_then(|former| former.get(SIGNALS.iter().position(|one| *one == signal)?));
    if let Some(former) = former {
        // SAFETY: an action that sigaction itself gave.
        unsafe { libc::sigaction(signal, former, null_mut()) };
    }
}

extern "C" fn exiting() {
    if !EXPECTED.load(Relaxed) {
        let here = 0_u8;
        record(Cause::Exit, 0, (&raw const here) as u64);
    }
}

/// Puts plain memory in the page's place where the fault was in it; tells whether it was.
fn replaced(fault: usize) -> bool {
    let Some(page) = mapped().map(std::ptr::from_ref) else { return false };
    if !(page as usize..page as usize + size_of::<Page>()).contains(&fault) {
        return false;
    }
    let (rights, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED);
    // SAFETY: replaces the mapping that `map` made, whole and nothing else. Zeros are a valid page, and mmap is a plain
    // system call.
    let address = unsafe { libc::mmap(page.cast_mut().cast(), size_of::<Page>(), rights, kind, -1, 0) };
    address != libc::MAP_FAILED
}

/// Writes down how the process ends and by whom; the first to come has it.
fn record(cause: Cause, at: u64, stack: u64) {
    let page = present();
    // SAFETY: getpid has no preconditions.
    let us = u64::from(unsafe { libc::getpid() }.unsigned_abs()) == WATCHED.load(Relaxed);
    let first = || page.head(Head::Cause).compare_exchange(0, cause.number(), Relaxed, Relaxed).is_ok();
    if !us || EXPECTED.load(Relaxed) || !first() {
        return;
    }
    page.head(Head::At).store(clock_ms(libc::CLOCK_REALTIME), Relaxed);
    page.head(Head::Moment).store(monotonic_ms(), Relaxed);
    let (called, operation) = match doing() {
        Doing::Calling(provider, operation) => (provider, operation + 1),
        Doing::Nothing | Doing::Stranger => (0, 0),
    };
    let provider = match (owner_of(at, called), doing()) {
        _ if matches!(cause, Cause::Sent(_)) => 0,
        (Some(owner), _) => owner,
        (None, Doing::Stranger) => on_stack(stack),
        (None, _) => called,
    };
    page.head(Head::Operation).store(if provider == called { operation } else { 0 }, Relaxed);
    // Last: with it the record is whole.
    page.head(Head::Provider).store(provider, Relaxed);
}

/// Returns the provider whose code a return address on this stack points into, the innermost first; 0 for none.
fn on_stack(from: u64) -> u64 {
    let mut words = [0_u64; CHUNK];
    let bytes = size_of::<[u64; CHUNK]>();
    // Aligned, as return addresses are.
    let from = usize::try_from(from & !7).unwrap_or_default();
    for at in (from..from.saturating_add(STACK_BYTES_MAX)).step_by(bytes) {
        let local = libc::iovec { iov_base: words.as_mut_ptr().cast(), iov_len: bytes };
        let remote = libc::iovec { iov_base: at as *mut c_void, iov_len: bytes };
        // SAFETY: reads this process's memory through the kernel, which answers with an error where there is none instead
        // of a fault; `words` is writable and of the length told.
        let read = unsafe { libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0) };
        let Ok(read) = usize::try_from(read) else { return 0 };
        // 48 bits of address: ARM may sign the others.
        let mut owners = words.iter().take(read / 8).filter_map(|word| owner_of(word & 0xFFFF_FFFF_FFFF, 0));
        if let Some(owner) = owners.next() {
            return owner;
        }
        if read < bytes {
            return 0;
        }
    }
    0
}

/// Returns the addresses of the instruction and of the stack where the signal came; zeros on an unknown processor.
fn registers(context: *mut c_void) -> (u64, u64) {
    // SAFETY: the kernel hands a valid ucontext of this processor to a handler with SA_SIGINFO.
    let context = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    {
        let register = |number: c_int| usize::try_from(number).ok().and_then(|at| context.gregs.get(at)).copied();
        let address = |number| register(number).unwrap_or_default().cast_unsigned();
        (address(libc::REG_RIP), address(libc::REG_RSP))
    }
    #[cfg(target_arch = "aarch64")]
    {
        (context.pc, context.sp)
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = context;
        (0, 0)
    }
}

/// Returns milliseconds of the clock that nobody sets. `clock` reads the same, but can't tell it as a number.
pub(super) fn monotonic_ms() -> u64 {
    clock_ms(libc::CLOCK_MONOTONIC)
}

fn clock_ms(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable; the call may be made in a handler.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    u64::try_from(time.tv_sec).unwrap_or_default() * 1_000 + u64::try_from(time.tv_nsec).unwrap_or_default() / 1_000_000
}
