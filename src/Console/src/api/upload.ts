import { consoleHeader } from './client';
import { ApiError, problemOf } from './problem';

interface Upload {
  body: Blob | string;
  headers: Record<string, string>;
  /** Called with 0 to 1 while the body travels; 1 means that the server works on it. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
}

/** Sends a body that may be large. fetch cannot tell how far it is; this can. */
export function upload<T>(address: string, { body, headers, onProgress, signal }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    for (const [name, value] of Object.entries({ ...consoleHeader, ...headers })) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = event => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.upload.onload = () => onProgress?.(1);
    request.onload = () =>
      request.status >= 200 && request.status < 300 ? resolve(request.response as T) : reject(problemOf(request.status, request.response));
    request.onerror = () => reject(new ApiError(0, 'unreachable', 'The server cannot be reached.'));
    request.onabort = () => reject(new ApiError(0, 'stopped', 'It was stopped.'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
