/** As `LOOK_SIGNAL` in `interpreter_thread.py`: SIGUSR1, at which Python reads what it was sent. */
export const LOOK_SIGNAL = 10;
