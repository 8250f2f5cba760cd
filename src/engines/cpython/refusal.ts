/** Why there is no application, in the words of the process that was to load it. */
import { ErrorCode, FrameType, LogLevel } from "../../bridge/frames.ts";

export class Refusal {
  text: string | undefined;
  /** The traceback of that, which the log has too. */
  trace: string | undefined;

  /** Takes each frame that comes before the application is loaded. */
  hear(type: FrameType, flags: number, payload: Buffer): void {
    if (type === FrameType.LOG && flags === LogLevel.ERROR) this.trace = payload.toString("utf8");
    if (type !== FrameType.GOAWAY || payload.readUInt32BE(0) === ErrorCode.NO_ERROR) return;
    this.text = payload.toString("utf8", 4);
  }
}
