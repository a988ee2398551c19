import { Route, Routes } from 'react-router';
import { RevisionList } from './RevisionList';
import { RevisionPage } from './RevisionPage';

/** The policy's history. */
export default function Revisions() {
  return (
    <Routes>
      <Route index element={<RevisionList />} />
      <Route path=":number" element={<RevisionPage />} />
    </Routes>
  );
}
