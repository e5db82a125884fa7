import { DOCUMENT, Injectable, inject } from '@angular/core';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** Names the document after the page; a page that knows more (a pipeline's name) says so itself. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  readonly #document = inject(DOCUMENT);

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.name(this.buildTitle(snapshot));
  }

  name(page: string | undefined): void {
    this.#document.title = page === undefined ? 'Bellwether' : `${page} · Bellwether`;
  }
}
