import { DOCUMENT, InjectionToken, inject } from '@angular/core';
import { API_BASE } from '../../api/routes.ts';

export interface SocketHandlers {
  opened(): void;
  received(data: unknown): void;
  closed(code: number): void;
}

/** As much of a WebSocket as the connection uses; tests bring their own. */
export interface LiveSocket {
  send(text: string): void;
  close(): void;
}

export type OpenSocket = (since: number, handlers: SocketHandlers) => LiveSocket;

export const OPEN_SOCKET = new InjectionToken<OpenSocket>('opens the event stream', {
  providedIn: 'root',
  factory: () => {
    const location = inject(DOCUMENT).location;
    return (since, handlers) => {
      const url = new URL(`${API_BASE}/ws`, location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      url.searchParams.set('since', String(since));
      const socket = new WebSocket(url);
      socket.onopen = () => handlers.opened();
      socket.onmessage = (message) => handlers.received(message.data);
      socket.onclose = (close) => handlers.closed(close.code);
      return socket;
    };
  },
});
